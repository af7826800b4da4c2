package stateferry.bench;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a {@link MixedJob} with the release of Flink that is on the class path, and prints how many
 * absolute paths are in it.
 */
public final class MakeMixed {
  private static final int BUFFER = 1 << 20;

  private MakeMixed() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 5) {
      System.err.println("usage: MakeMixed OUT RELEASE OPERATORS SUBTASKS FILES");
      System.exit(2);
    }
    String[] release = args[1].split("\\.");
    MixedJob job =
        new MixedJob(
            Integer.parseInt(release[0]) * 100 + Integer.parseInt(release[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
    try (DataOutputStream stream =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(Path.of(args[0])), BUFFER))) {
      Flink.callStatic("checkpoint.Checkpoints", "storeCheckpointMetadata", job.snapshot(), stream);
    }
    System.out.println(job.locations());
  }
}
