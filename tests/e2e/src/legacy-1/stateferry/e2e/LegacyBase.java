package stateferry.e2e;

import org.apache.flink.streaming.api.functions.source.RichParallelSourceFunction;

/** What Flink 1 calls the older kind of source. */
abstract class LegacyBase<T> extends RichParallelSourceFunction<T> {
  private static final long serialVersionUID = 1;
}
