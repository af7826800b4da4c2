package stateferry.readers;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Has the Flink on the class path keep a snapshot as its high availability services do: takes the
 * `_metadata` file, the snapshot's own URI, and a directory, and leaves in it `completedCheckpoint`
 * (the file in the HA storage directory), `pointer` (what ZooKeeper keeps) and `pointer.base64` (what
 * a ConfigMap keeps).
 */
public final class HaRecords {
  private static final String CHECKPOINT = "org.apache.flink.runtime.checkpoint.";

  private HaRecords() {}

  public static void main(String[] args) throws Exception {
    Object checkpoint = completedCheckpoint(Path.of(args[0]), args[1]);
    Path directory = Path.of(args[2]);
    Files.createDirectories(directory);
    Object handle = store(checkpoint, directory);
    try (OutputStream out = Files.newOutputStream(directory.resolve("pointer"));
        ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(handle);
    }
    Files.write(
        directory.resolve("pointer.base64"),
        Base64.getEncoder().encode(Files.readAllBytes(directory.resolve("pointer"))));
    // The name ends with random letters.
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("completedCheckpoint")) {
          Files.move(file, directory.resolve("completedCheckpoint"));
        }
      }
    }
  }

  private static Object completedCheckpoint(Path file, String uri) throws Exception {
    Object metadata = load(file);
    Constructor<?> constructor =
        Arrays.stream(Class.forName(CHECKPOINT + "CompletedCheckpoint").getConstructors())
            .max(Comparator.comparingInt(Constructor::getParameterCount))
            .orElseThrow();
    Class<?>[] types = constructor.getParameterTypes();
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      values[i] = value(types[i], metadata, uri);
    }
    return constructor.newInstance(values);
  }

  private static Object value(Class<?> type, Object metadata, String uri) throws Exception {
    if (type == long.class) {
      return 7L;
    }
    if (type == Map.class) {
      return operators(metadata);
    }
    if (type == Collection.class) {
      return metadata.getClass().getMethod("getMasterStates").invoke(metadata);
    }
    return switch (type.getSimpleName()) {
      case "JobID" -> type.getConstructor(long.class, long.class).newInstance(1L, 2L);
      case "CheckpointProperties" -> properties(type);
      case "CompletedCheckpointStorageLocation" -> location(uri);
      default -> null;
    };
  }

  private static Map<Object, Object> operators(Object metadata) throws Exception {
    Map<Object, Object> byId = new HashMap<>();
    for (Object op :
        (Collection<?>) metadata.getClass().getMethod("getOperatorStates").invoke(metadata)) {
      byId.put(op.getClass().getMethod("getOperatorID").invoke(op), op);
    }
    return byId;
  }

  private static Object properties(Class<?> type) throws Exception {
    for (Method method : type.getMethods()) {
      if (method.getName().equals("forCheckpoint")) {
        Object policy = method.getParameterTypes()[0].getEnumConstants()[0];
        return method.invoke(null, policy);
      }
    }
    throw new IllegalStateException("no properties of a checkpoint can be made");
  }

  private static Object location(String uri) throws Exception {
    Object directory = path(uri);
    Object pointer = path(uri + "/_metadata");
    Object handle =
        Class.forName("org.apache.flink.runtime.state.filesystem.FileStateHandle")
            .getConstructor(pointer.getClass(), long.class)
            .newInstance(pointer, 1234L);
    Class<?> type =
        Class.forName(
            "org.apache.flink.runtime.state.filesystem.FsCompletedCheckpointStorageLocation");
    return type.getConstructors()[0].newInstance(null, directory, handle, uri);
  }

  private static Object path(String text) throws Exception {
    return Class.forName("org.apache.flink.core.fs.Path")
        .getConstructor(String.class)
        .newInstance(text);
  }

  private static Object store(Object checkpoint, Path directory) throws Exception {
    Class<?> type;
    try {
      type =
          Class.forName(
              "org.apache.flink.runtime.persistence.filesystem.FileSystemStateStorageHelper");
    } catch (ClassNotFoundException before) {
      type =
          Class.forName(
              "org.apache.flink.runtime.zookeeper.filesystem.FileSystemStateStorageHelper");
    }
    Constructor<?> constructor = type.getConstructors()[0];
    String root = directory.toUri().toString();
    Object helper =
        constructor.newInstance(
            constructor.getParameterTypes()[0] == String.class ? root : path(root),
            "completedCheckpoint");
    for (Method method : type.getMethods()) {
      if (method.getName().equals("store") && !method.isBridge()) {
        return method.invoke(helper, checkpoint);
      }
    }
    throw new IllegalStateException("nothing stores");
  }

  private static Object load(Path file) throws Exception {
    for (Method method : Class.forName(CHECKPOINT + "Checkpoints").getMethods()) {
      if (!method.getName().equals("loadCheckpointMetadata")) {
        continue;
      }
      try (DataInputStream stream =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
        ClassLoader classes = HaRecords.class.getClassLoader();
        return method.getParameterCount() == 2
            ? method.invoke(null, stream, classes)
            : method.invoke(null, stream, classes, file.toUri().toString());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("Flink loads no snapshots");
  }
}
