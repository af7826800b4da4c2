package stateferry.readers;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Loads snapshots with the Flink that is on the class path, as a job that restores them would. Takes the
 * absolute paths of `_metadata` files from standard input, one a line, and says of each on one line what
 * Flink sees, or why it refuses it.
 */
public final class Reader {
  private static final String CHECKPOINTS = "org.apache.flink.runtime.checkpoint.Checkpoints";

  private Reader() {}

  public static void main(String[] args) throws IOException, ClassNotFoundException {
    Method load = loader();
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    // What Flink itself might print is not the result.
    System.setOut(System.err);
    BufferedReader names =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String name = names.readLine(); name != null; name = names.readLine()) {
      out.println(Json.of(read(load, Path.of(name))));
    }
    out.flush();
  }

  private static Method loader() throws ClassNotFoundException {
    for (Method method : Class.forName(CHECKPOINTS).getMethods()) {
      if (method.getName().equals("loadCheckpointMetadata")) {
        return method;
      }
    }
    throw new IllegalStateException(CHECKPOINTS + " has no loadCheckpointMetadata");
  }

  private static Map<String, Object> read(Method load, Path file) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("file", file.toString());
    Object metadata;
    try {
      metadata = load(load, file);
    } catch (InvocationTargetException e) {
      line.put("refused", said(e.getCause()));
      return line;
    }
    line.put("seen", View.snapshot(metadata));
    return line;
  }

  /** Since 1.11 the loader also takes the pointer, for what lies beside the file. */
  private static Object load(Method load, Path file) throws IOException, InvocationTargetException {
    ClassLoader classes = Reader.class.getClassLoader();
    try (DataInputStream stream =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return load.getParameterCount() == 2
          ? load.invoke(null, stream, classes)
          : load.invoke(null, stream, classes, file.toUri().toString());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String said(Throwable fault) {
    String message = fault.getMessage();
    return fault.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
