package stateferry.e2e;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What is called differently in Flink 1.15 to 1.20. */
final class Shim {
  static final boolean HAS_TICKS = true;

  private Shim() {}

  static StreamExecutionEnvironment environment(Configuration configuration) {
    return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
  }

  static SingleOutputStreamOperator<Tuple3<String, String, Long>> ticks(
      StreamExecutionEnvironment environment, int splits) {
    return environment.fromSource(new Ticks(splits), WatermarkStrategy.noWatermarks(), "ticks", Records.TYPE);
  }

  static int index(RuntimeContext context) {
    return context.getIndexOfThisSubtask();
  }

  static int parallelism(RuntimeContext context) {
    return context.getNumberOfParallelSubtasks();
  }

  /** The class of the mode has another name in each family, its configuration keys have not. Null is its default. */
  static SavepointRestoreSettings from(String path, String mode) {
    Configuration settings = new Configuration();
    for (String key : new String[] {"execution.savepoint.path", "execution.state-recovery.path"}) {
      settings.setString(key, path);
    }
    if (mode != null) {
      for (String key : new String[] {"execution.savepoint-restore-mode", "execution.state-recovery.claim-mode"}) {
        settings.setString(key, mode);
      }
    }
    return SavepointRestoreSettings.fromConfiguration(settings);
  }

  static CompletableFuture<String> savepoint(MiniCluster cluster, JobID job, String to, boolean inNativeFormat) {
    SavepointFormatType format = inNativeFormat ? SavepointFormatType.NATIVE : SavepointFormatType.CANONICAL;
    return cluster.triggerSavepoint(job, to, false, format);
  }
}
