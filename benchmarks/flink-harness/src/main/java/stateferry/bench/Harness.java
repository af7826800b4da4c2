package stateferry.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;

/** Makes the inputs of the benchmark, and rewrites a file with Flink's own serializer. */
public final class Harness {
  private static final int BUFFER = 1 << 20;

  private Harness() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 5 && args[0].equals("incremental")) {
      store(
          Inputs.incremental(
              Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4])),
          Path.of(args[1]));
    } else if (args.length == 4 && args[0].equals("inline")) {
      store(Inputs.inline(Integer.parseInt(args[2]), Integer.parseInt(args[3])), Path.of(args[1]));
    } else if (args.length == 5 && args[0].equals("rewrite")) {
      rewrite(Path.of(args[1]), Path.of(args[2]), new Prefix(args[3], args[4]));
    } else {
      System.err.println("usage: Harness incremental OUT OPERATORS SUBTASKS FILES");
      System.err.println("       Harness inline OUT HANDLES SUBTASKS");
      System.err.println("       Harness rewrite IN OUT FROM TO");
      System.exit(2);
    }
  }

  /** Load, rewrite, store: what a program does that stands on Flink's classes. */
  private static void rewrite(Path in, Path out, Prefix prefix) throws IOException {
    long start = System.nanoTime();
    CheckpointMetadata metadata;
    try (DataInputStream stream =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(in), BUFFER))) {
      metadata =
          Checkpoints.loadCheckpointMetadata(
              stream, Harness.class.getClassLoader(), in.toAbsolutePath().toString());
    }
    long loaded = System.nanoTime();
    Rewriter rewriter = new Rewriter(prefix);
    metadata = rewriter.rewrite(metadata);
    long rewritten = System.nanoTime();
    store(metadata, out);
    long stored = System.nanoTime();
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    System.out.printf(
        "load %.3f s, rewrite %.3f s, store %.3f s, cpu of the process %.3f s, peak %s,"
            + " %d handles changed%n",
        (loaded - start) / 1e9,
        (rewritten - loaded) / 1e9,
        (stored - rewritten) / 1e9,
        system.getProcessCpuTime() / 1e9,
        peak(),
        rewriter.changed());
  }

  private static void store(CheckpointMetadata metadata, Path out) throws IOException {
    try (DataOutputStream stream =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(out), BUFFER))) {
      Checkpoints.storeCheckpointMetadata(metadata, stream);
    }
  }

  private static String peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "unknown";
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> line.substring(6).trim())
        .findFirst()
        .orElse("unknown");
  }
}
