package stateferry.e2e;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed state of all kinds, and one timer for each key, registered by the key's first record only. The timer
 * fires at the end of all input and tells what the state holds: no restored timer, no report.
 */
final class Totals extends KeyedProcessFunction<String, Tuple3<String, String, Long>, String>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1;

  /** Far behind the time of every record. */
  private static final long TIMER = 1_000_000_000L;

  private transient ValueState<Long> count;
  private transient MapState<String, Long> sums;
  private transient ListState<String> sevenths;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    count = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("count", Types.LONG));
    sums = context.getKeyedStateStore().getMapState(new MapStateDescriptor<>("sums", Types.STRING, Types.LONG));
    sevenths = context.getKeyedStateStore().getListState(new ListStateDescriptor<>("sevenths", Types.STRING));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void processElement(Tuple3<String, String, Long> record, Context context, Collector<String> out)
      throws Exception {
    if (Gate.throttle() > 0) {
      Thread.sleep(Gate.throttle());
    }
    Long before = count.value();
    if (before == null) {
      context.timerService().registerEventTimeTimer(TIMER + Long.parseLong(record.f0.substring(1)));
    }
    count.update(before == null ? 1 : before + 1);
    Long sum = sums.get(record.f1);
    sums.put(record.f1, (sum == null ? 0 : sum) + record.f2);
    if (record.f2 % 7 == 0) {
      sevenths.add(record.f1 + ":" + record.f2);
    }
    Journal.TOTALLED.incrementAndGet();
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) throws Exception {
    Map<String, Long> byPartition = new TreeMap<>();
    for (Map.Entry<String, Long> sum : sums.entries()) {
      byPartition.put(sum.getKey(), sum.getValue());
    }
    String key = context.getCurrentKey();
    Journal.state(
        "totals " + key,
        "timer=" + timestamp + " count=" + count.value() + " sums=" + byPartition
            + " sevenths=" + Journal.sorted(sevenths.get()));
  }
}
