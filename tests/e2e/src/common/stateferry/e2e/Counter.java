package stateferry.e2e;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Sums the numbers of each partition, in split list state. */
final class Counter extends RichMapFunction<Tuple3<String, String, Long>, Long> implements CheckpointedFunction {
  private static final long serialVersionUID = 1;
  private transient ListState<String> stored;
  private transient Map<String, Long> sums;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    stored = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("sums", Types.STRING));
    sums = new TreeMap<>();
    for (String item : stored.get()) {
      Journal.restored("counter " + item);
      String[] words = item.split(" ");
      sums.put(words[0], Long.parseLong(words[1]));
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    stored.clear();
    for (Map.Entry<String, Long> sum : sums.entrySet()) {
      String item = sum.getKey() + " " + sum.getValue();
      stored.add(item);
      Journal.snapshot(context.getCheckpointId(), "counter " + item);
    }
  }

  @Override
  public Long map(Tuple3<String, String, Long> record) {
    Journal.BRIEF.incrementAndGet();
    long sum = sums.merge(record.f1, record.f2, Long::sum);
    Journal.state("counter " + record.f1, Long.toString(sum));
    return sum;
  }
}
