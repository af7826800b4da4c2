package stateferry.e2e;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * A source of numbered records from named partitions, with the next number of each in split list state. Each
 * subtask reads the partitions that the state gives it, or at the first start every n-th.
 */
class Partitions extends LegacySource<Tuple3<String, String, Long>> implements CheckpointedFunction {
  private static final long serialVersionUID = 1;
  private final String name;
  private final int count;
  private final boolean mayFinish;
  private transient ListState<String> stored;
  private transient Map<String, Long> next;

  Partitions(String name, int count, boolean mayFinish) {
    this.name = name;
    this.count = count;
    this.mayFinish = mayFinish;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    stored = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("next", Types.STRING));
    next = new TreeMap<>();
    if (context.isRestored()) {
      for (String item : stored.get()) {
        Journal.restored(name + " " + item);
        String[] words = item.split(" ");
        next.put(words[0], Long.parseLong(words[1]));
      }
    } else {
      for (int i = Shim.index(getRuntimeContext()); i < count; i += Shim.parallelism(getRuntimeContext())) {
        next.put(name + "-" + i, 0L);
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    stored.clear();
    for (Map.Entry<String, Long> partition : next.entrySet()) {
      String item = partition.getKey() + " " + partition.getValue();
      stored.add(item);
      Journal.snapshot(context.getCheckpointId(), name + " " + item);
    }
  }

  @Override
  protected Progress advance(Output<Tuple3<String, String, Long>> output) {
    boolean drained = Gate.drained();
    long limit = Gate.limit();
    for (Map.Entry<String, Long> partition : next.entrySet()) {
      long number = partition.getValue();
      if (number < limit) {
        output.collect(Records.of(partition.getKey(), number), number);
        partition.setValue(number + 1);
        return Progress.MORE;
      }
    }
    boolean finished =
        mayFinish && Gate.finishesEarly() && limit >= Job.FIRST && next.containsKey(name + "-1");
    return drained || finished ? Progress.FINISHED : Progress.WAITS;
  }
}
