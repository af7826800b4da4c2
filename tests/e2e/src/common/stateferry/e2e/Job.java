package stateferry.e2e;

import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job. Each operator has a name; some have a uid, too, which is the name unless the options say otherwise:
 *
 * <pre>
 * numbers (uid) → tagger ─┬→ judge (uid) → by key → totals (uid)
 * ticks (uid, FLIP-27) ───┤
 * rules (uid) ── broadcast┘
 * brief (uid) → counter → twins (uid), if asked for
 * </pre>
 */
final class Job {
  /** Records of each partition before the snapshot; those behind are read after the restore. */
  static final long FIRST = 500;

  /** How far a job goes on that was restored and takes checkpoints. */
  static final long FURTHER = 550;

  /** Records of each partition in all. */
  static final long ALL = 600;

  static final int PARTITIONS = 4;
  static final int BRIEF_PARTITIONS = 2;
  static final int MAX_PARALLELISM = 8;

  private Job() {}

  /**
   * Options: `parallelism`; `uid.NAME`, the uid of that operator; `without.brief`; `twins`; `wide`, the parallelism
   * of numbers and tagger, which then may be twice as wide.
   */
  static JobGraph graph(StreamExecutionEnvironment environment, Map<String, String> options) {
    int parallelism = Integer.parseInt(options.get("parallelism"));
    environment.getConfig().disableClosureCleaner();
    environment.setParallelism(parallelism);
    environment.setMaxParallelism(MAX_PARALLELISM);

    SingleOutputStreamOperator<Tuple3<String, String, Long>> numbers =
        environment.addSource(new Partitions("numbers", PARTITIONS, false), Records.TYPE);
    DataStream<Tuple3<String, String, Long>> records =
        wide(
            named(
                wide(named(numbers, "numbers", true, options), options).map(new Tagger()).returns(Records.TYPE),
                "tagger", false, options),
            options);
    SingleOutputStreamOperator<Tuple3<String, String, Long>> ticks = Shim.ticks(environment, PARTITIONS);
    if (ticks != null) {
      records = records.union(named(ticks, "ticks", true, options));
    }
    DataStream<String> rules =
        named(environment.addSource(new Rules.Source(), Types.STRING).setParallelism(1), "rules", true, options);
    DataStream<Tuple3<String, String, Long>> judged =
        named(
            records.connect(rules.broadcast(Rules.descriptor())).process(new Rules.Judge(), Records.TYPE),
            "judge", true, options);
    named(judged.keyBy(new Records.Key()).process(new Totals(), Types.STRING), "totals", true, options);
    if (!options.containsKey("without.brief")) {
      SingleOutputStreamOperator<Tuple3<String, String, Long>> brief =
          environment.addSource(new Partitions("brief", BRIEF_PARTITIONS, true), Records.TYPE);
      SingleOutputStreamOperator<Long> counter =
          named(
              named(brief, "brief", true, options).map(new Counter()).returns(Types.LONG),
              "counter", false, options);
      if (options.containsKey("twins")) {
        named(counter.map(new Twins()).returns(Types.LONG), "twins", true, options);
      }
    }
    return environment.getStreamGraph().getJobGraph();
  }

  private static <T> SingleOutputStreamOperator<T> wide(
      SingleOutputStreamOperator<T> operator, Map<String, String> options) {
    if (options.containsKey("wide")) {
      int parallelism = Integer.parseInt(options.get("wide"));
      operator.setParallelism(parallelism).setMaxParallelism(2 * parallelism);
    }
    return operator;
  }

  private static <T> SingleOutputStreamOperator<T> named(
      SingleOutputStreamOperator<T> operator, String name, boolean hasUid, Map<String, String> options) {
    operator.name(name);
    String uid = options.getOrDefault("uid." + name, hasUid ? name : "");
    if (!uid.isEmpty()) {
      operator.uid(uid);
    }
    return operator;
  }
}
