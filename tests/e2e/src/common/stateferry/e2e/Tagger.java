package stateferry.e2e;

import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Counts what passes, in union list state: after a restore each subtask sees the counts of all,
 * and goes on from its own. */
final class Tagger extends RichMapFunction<Tuple3<String, String, Long>, Tuple3<String, String, Long>>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1;
  private transient ListState<String> stored;
  private transient long passed;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    stored =
        context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("passed", Types.STRING));
    int index = Shim.index(getRuntimeContext());
    for (String item : stored.get()) {
      Journal.restored("tagger " + index + " of " + item);
      if (item.startsWith(index + " ")) {
        passed = Long.parseLong(item.substring(item.indexOf(' ') + 1));
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    String item = Shim.index(getRuntimeContext()) + " " + passed;
    stored.clear();
    stored.add(item);
    Journal.snapshot(context.getCheckpointId(), "tagger " + item);
  }

  @Override
  public Tuple3<String, String, Long> map(Tuple3<String, String, Long> record) {
    ++passed;
    return record;
  }
}
