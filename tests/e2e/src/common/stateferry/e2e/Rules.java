package stateferry.e2e;

import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** Rules are read once, at the first start only, and broadcast; what comes later can only know them from state. */
final class Rules {
  static final int COUNT = 6;
  private static final MapStateDescriptor<String, String> STATE =
      new MapStateDescriptor<>("rules", Types.STRING, Types.STRING);

  private Rules() {}

  static MapStateDescriptor<String, String> descriptor() {
    return STATE;
  }

  /** The rules; runs with parallelism 1. */
  static final class Source extends LegacySource<String> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private transient ListState<Long> stored;
    private transient long next;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      stored = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("next", Types.LONG));
      for (Long value : stored.get()) {
        Journal.restored("rules-source " + value);
        next = value;
      }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
      stored.clear();
      stored.add(next);
      Journal.snapshot(context.getCheckpointId(), "rules-source " + next);
    }

    @Override
    protected Progress advance(Output<String> output) {
      if (next < COUNT) {
        output.collect("rule-" + next, 0);
        ++next;
        return Progress.MORE;
      }
      return Gate.drained() || Gate.finishesEarly() ? Progress.FINISHED : Progress.WAITS;
    }
  }

  /** Keeps the rules in broadcast state, and tells with each record how many it knows. */
  static final class Judge
      extends BroadcastProcessFunction<Tuple3<String, String, Long>, String, Tuple3<String, String, Long>>
      implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      if (context.isRestored()) {
        String subtask = "judge " + Shim.index(getRuntimeContext()) + " ";
        for (Map.Entry<String, String> rule :
            context.getOperatorStateStore().getBroadcastState(STATE).entries()) {
          Journal.restored(subtask + rule.getKey() + "=" + rule.getValue());
        }
      }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(
        Tuple3<String, String, Long> record, ReadOnlyContext context, Collector<Tuple3<String, String, Long>> out)
        throws Exception {
      if (record.f2 >= Job.FIRST) {
        long known = 0;
        for (Map.Entry<String, String> rule : context.getBroadcastState(STATE).immutableEntries()) {
          known += rule.getValue().equals("applies " + rule.getKey()) ? 1 : 0;
        }
        Journal.state("judge rules known after the restore", Long.toString(known));
      }
      out.collect(record);
    }

    @Override
    public void processBroadcastElement(String rule, Context context, Collector<Tuple3<String, String, Long>> out)
        throws Exception {
      context.getBroadcastState(STATE).put(rule, "applies " + rule);
      Journal.RULES.incrementAndGet();
    }
  }
}
