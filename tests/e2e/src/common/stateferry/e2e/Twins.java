package stateferry.e2e;

import java.util.Map;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Its subtasks all write the same: files of operator state that are equal byte for byte, but the state of several. */
final class Twins extends RichMapFunction<Long, Long> implements CheckpointedFunction {
  private static final long serialVersionUID = 1;
  private transient ListState<String> union;
  private transient ListState<String> split;
  private transient BroadcastState<String, String> broadcast;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    union = context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("union", Types.STRING));
    split = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("split", Types.STRING));
    broadcast =
        context
            .getOperatorStateStore()
            .getBroadcastState(new MapStateDescriptor<>("broadcast", Types.STRING, Types.STRING));
    String subtask = Shim.index(getRuntimeContext()) + " ";
    for (String item : union.get()) {
      Journal.restored("twins-union " + subtask + item);
    }
    for (String item : split.get()) {
      Journal.restored("twins-split " + item);
    }
    for (Map.Entry<String, String> entry : broadcast.entries()) {
      Journal.restored("twins-broadcast " + subtask + entry.getKey() + "=" + entry.getValue());
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    union.clear();
    union.add("same");
    split.clear();
    split.add("one");
    split.add("other");
    broadcast.put("key", "value");
    for (String line : new String[] {"union same", "split one", "split other", "broadcast key=value"}) {
      Journal.snapshot(context.getCheckpointId(), "twins-" + line);
    }
  }

  @Override
  public Long map(Long sum) {
    return sum;
  }
}
