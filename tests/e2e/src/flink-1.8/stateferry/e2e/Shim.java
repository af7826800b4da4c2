package stateferry.e2e;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.TimeCharacteristic;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What is called differently in Flink 1.8 to 1.11. */
final class Shim {
  static final boolean HAS_TICKS = false;

  private Shim() {}

  /** Here the job has to be told what later releases read from the configuration. */
  static StreamExecutionEnvironment environment(Configuration configuration) {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setStreamTimeCharacteristic(TimeCharacteristic.EventTime);
    String interval = configuration.getString("execution.checkpointing.interval", "");
    if (!interval.isEmpty()) {
      long milliseconds = Long.parseLong(interval.replace("ms", "").trim());
      environment.enableCheckpointing(milliseconds);
      environment.getCheckpointConfig().setMinPauseBetweenCheckpoints(milliseconds);
      environment
          .getCheckpointConfig()
          .enableExternalizedCheckpoints(CheckpointConfig.ExternalizedCheckpointCleanup.RETAIN_ON_CANCELLATION);
    }
    return environment;
  }

  static SingleOutputStreamOperator<Tuple3<String, String, Long>> ticks(
      StreamExecutionEnvironment environment, int splits) {
    return null;
  }

  static int index(RuntimeContext context) {
    return context.getIndexOfThisSubtask();
  }

  static int parallelism(RuntimeContext context) {
    return context.getNumberOfParallelSubtasks();
  }

  static SavepointRestoreSettings from(String path, String mode) {
    if (mode != null) {
      throw new IllegalArgumentException("modes came with 1.15");
    }
    return SavepointRestoreSettings.forPath(path);
  }

  static CompletableFuture<String> savepoint(MiniCluster cluster, JobID job, String to, boolean inNativeFormat) {
    if (inNativeFormat) {
      throw new IllegalArgumentException("native savepoints came with 1.15");
    }
    return cluster.triggerSavepoint(job, to, false);
  }
}
