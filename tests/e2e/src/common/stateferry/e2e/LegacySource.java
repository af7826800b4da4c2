package stateferry.e2e;

/** A source of the kind that was there before FLIP-27, driven step by step under the checkpoint lock. */
abstract class LegacySource<T> extends LegacyBase<T> {
  private static final long serialVersionUID = 1;
  private volatile boolean cancelled;

  /** What a step came to. */
  enum Progress {
    MORE,
    WAITS,
    FINISHED
  }

  /** Takes records with their event time. */
  interface Output<T> {
    void collect(T record, long time);
  }

  /** Emits at most one record. */
  protected abstract Progress advance(Output<T> output);

  @Override
  public void run(SourceContext<T> context) throws Exception {
    while (!cancelled) {
      Progress progress;
      synchronized (context.getCheckpointLock()) {
        progress = advance(context::collectWithTimestamp);
      }
      if (progress == Progress.FINISHED) {
        return;
      }
      if (progress == Progress.WAITS) {
        Thread.sleep(2);
      }
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
  }
}
