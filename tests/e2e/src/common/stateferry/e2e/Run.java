package stateferry.e2e;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.util.SerializedThrowable;

/**
 * One run of the job on a MiniCluster of its own: from nothing or a snapshot, to a snapshot or to the end of all
 * input. Options, all texts:
 *
 * <pre>
 * conf.KEY          Flink's configuration
 * parallelism       of all operators but the rules' source
 * uid.NAME, without.brief   see Job
 * from, mode        the snapshot to start from, and Flink's mode for that (CLAIM, NO_CLAIM, LEGACY) if not its default
 * go.on             the restored job reads some records and takes checkpoints before the one that counts
 * twins             see Job
 * snapshot          savepoint, native, checkpoint or none (then the run reads all input to its end)
 * to                URI of where a savepoint goes; where checkpoints go, as the configuration says it
 * plugins           file systems are taken from Flink's plugin directory, FLINK_PLUGINS_DIR
 * finish            some sources end before the snapshot
 * throttle          the snapshot is taken while records are in flight; milliseconds per record
 * </pre>
 */
final class Run {
  private static final long PATIENCE = TimeUnit.SECONDS.toMillis(30);
  private final Map<String, String> options;
  private final MiniCluster cluster;
  private JobID job;

  private Run(Map<String, String> options, MiniCluster cluster) {
    this.options = options;
    this.cluster = cluster;
  }

  /** Runs, and returns what it tells: `path`, `snapshot` and `report` lines. */
  static List<String> run(Map<String, String> options) throws Exception {
    Journal.clear();
    boolean throttled = options.containsKey("throttle");
    Gate.finishEarly(options.containsKey("finish"));
    Gate.throttle(throttled ? Long.parseLong(options.get("throttle")) : 0);
    Gate.open(options.containsKey("from") || throttled ? Job.FIRST : Job.FIRST / 2, false);
    Configuration configuration = configuration(options);
    boolean plugins = options.containsKey("plugins");
    FileSystem.initialize(
        configuration, plugins ? PluginUtils.createPluginManagerFromRootFolder(configuration) : null);
    MiniClusterConfiguration settings =
        new MiniClusterConfiguration.Builder()
            .setConfiguration(configuration)
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(Integer.parseInt(options.getOrDefault("wide", "4")))
            .build();
    try (MiniCluster cluster = new MiniCluster(settings)) {
      cluster.start();
      return new Run(options, cluster).start(configuration);
    }
  }

  private static Configuration configuration(Map<String, String> options) {
    Configuration configuration = new Configuration();
    for (Map.Entry<String, String> option : options.entrySet()) {
      if (option.getKey().startsWith("conf.")) {
        configuration.setString(option.getKey().substring("conf.".length()), option.getValue());
      }
    }
    return configuration;
  }

  private List<String> start(Configuration configuration) throws Exception {
    JobGraph graph = Job.graph(Shim.environment(configuration), options);
    if (options.containsKey("from")) {
      SavepointRestoreSettings from = Shim.from(options.get("from"), options.get("mode"));
      graph.setSavepointRestoreSettings(from);
    }
    job = graph.getJobID();
    boolean drain = options.get("snapshot").equals("none");
    if (drain) {
      Gate.open(Job.ALL, true);
    }
    cluster.submitJob(graph).get();
    List<String> told = new ArrayList<>();
    if (drain) {
      requireSuccess(cluster.requestJobResult(job).get(PATIENCE, TimeUnit.MILLISECONDS));
      tellReport(told);
      return told;
    }
    String path = takeSnapshot();
    long checkpoint = Journal.lastSnapshot();
    int chk = path.lastIndexOf("/chk-");
    if (chk >= 0) {
      checkpoint = Long.parseLong(path.substring(chk + "/chk-".length()));
    }
    told.add("path " + path);
    for (String line : Journal.snapshot(checkpoint)) {
      told.add("snapshot " + line);
    }
    if (options.containsKey("go.on")) {
      tellReport(told);
    }
    return told;
  }

  private static void tellReport(List<String> told) {
    for (String line : Journal.report()) {
      told.add("report " + line);
    }
  }

  private String takeSnapshot() throws Exception {
    boolean checkpoints = options.get("snapshot").equals("checkpoint");
    if (options.containsKey("from")) {
      await("the restored job runs", () -> states(ExecutionState.RUNNING).size() == states(null).size());
      if (options.containsKey("go.on")) {
        // One checkpoint of what was restored, then some of what came later, until Flink has forgotten the first.
        awaitCheckpoint();
        Gate.open(Job.FURTHER, false);
        awaitRecords(Job.FURTHER - Job.FIRST, 0);
        awaitCheckpoint();
        awaitCheckpoint();
      }
    } else if (!options.containsKey("throttle")) {
      awaitRecords(Job.FIRST / 2, Rules.COUNT);
      if (checkpoints) {
        awaitCheckpoint();
      }
      Gate.open(Job.FIRST, false);
      awaitRecords(Job.FIRST, Rules.COUNT);
    } else {
      await("records are in flight", () -> Journal.TOTALLED.get() > 100);
    }
    if (options.containsKey("finish")) {
      // The rules' source, and one of the two subtasks of the chain brief → counter.
      await("two tasks finish", () -> states(ExecutionState.FINISHED).size() == 2);
    }
    String path;
    if (checkpoints) {
      path = awaitCheckpoint();
    } else {
      path =
          Shim.savepoint(cluster, job, options.get("to"), options.get("snapshot").equals("native"))
              .get(PATIENCE, TimeUnit.MILLISECONDS);
    }
    cluster.cancelJob(job).get();
    cluster.requestJobResult(job).get(PATIENCE, TimeUnit.MILLISECONDS);
    return checkpoints ? lastCheckpoint(new Path(options.get("to"))).toString() : path;
  }

  /** Waits until this run has read so many records of each partition, and all rules, and everything has arrived. */
  private void awaitRecords(long perPartition, long rules) throws Exception {
    int parallelism = Integer.parseInt(options.get("parallelism"));
    long partitions = Shim.HAS_TICKS ? 2 * Job.PARTITIONS : Job.PARTITIONS;
    await(
        "all records are counted",
        () ->
            Journal.TOTALLED.get() == partitions * perPartition
                && Journal.BRIEF.get() == Job.BRIEF_PARTITIONS * perPartition
                && Journal.RULES.get() == rules * parallelism);
  }

  /** Waits for a checkpoint that begins from now on, and returns its directory. */
  private String awaitCheckpoint() throws Exception {
    long before = Journal.lastSnapshot();
    Path root = new Path(options.get("to"));
    Path[] last = new Path[1];
    await(
        "a checkpoint",
        () -> {
          last[0] = lastCheckpoint(root);
          return last[0] != null && number(last[0]) > before;
        });
    return last[0].toString();
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getName().substring("chk-".length()));
  }

  /** The newest completed checkpoint of this job; null if none is seen, as when Flink is deleting it for a newer one. */
  private Path lastCheckpoint(Path root) throws IOException {
    while (true) {
      try {
        return lastListed(root);
      } catch (FileNotFoundException deletedMeanwhile) {
        // An older one has gone, and a newer one is there.
      }
    }
  }

  private Path lastListed(Path root) throws IOException {
    Path last = null;
    Path own = new Path(root, job.toString());
    FileSystem files = own.getFileSystem();
    for (FileStatus found : files.exists(own) ? files.listStatus(own) : new FileStatus[0]) {
      Path candidate = found.getPath();
      boolean newer =
          candidate.getName().startsWith("chk-") && (last == null || number(candidate) > number(last));
      Path metadata = new Path(candidate, "_metadata");
      if (newer && files.exists(metadata) && files.getFileStatus(metadata).getLen() > 0) {
        last = candidate;
      }
    }
    return last;
  }

  /** The tasks in this state, or all. */
  private List<String> states(ExecutionState wanted) throws Exception {
    List<String> tasks = new ArrayList<>();
    AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
    if (graph.getFailureInfo() != null) {
      throw new IllegalStateException(graph.getFailureInfo().getExceptionAsString());
    }
    for (AccessExecutionJobVertex vertex : graph.getVerticesTopologically()) {
      for (AccessExecutionVertex task : vertex.getTaskVertices()) {
        if (wanted == null || task.getExecutionState() == wanted) {
          tasks.add(vertex.getName());
        }
      }
    }
    return tasks;
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits; throws what made the job fail, if it does. */
  private void await(String what, Condition condition) throws Exception {
    long end = System.currentTimeMillis() + PATIENCE;
    for (int turn = 0; !condition.holds(); ++turn) {
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException("waited in vain until " + what + "; so far: " + Journal.counts());
      }
      if (turn % 50 == 49) {
        states(null);
      }
      Thread.sleep(5);
    }
  }

  private static void requireSuccess(JobResult result) throws Exception {
    if (result.getSerializedThrowable().isPresent()) {
      SerializedThrowable failure = result.getSerializedThrowable().get();
      throw new IllegalStateException(failure.getFullStringifiedStackTrace());
    }
    if (!result.isSuccess()) {
      throw new IllegalStateException("the job was not successful");
    }
  }
}
