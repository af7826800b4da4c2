package stateferry.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How far the sources of the running job may go. The code that started the job opens it step by step, so what
 * is in the state when a snapshot is taken doesn't depend on time.
 */
final class Gate {
  private static final List<CompletableFuture<Void>> WAITING = new ArrayList<>();
  private static volatile long limit;
  private static volatile boolean drain;
  private static volatile boolean brief;
  private static volatile long throttle;

  private Gate() {}

  /** Sources stop at their record of this number; with `drained` they end there instead of waiting. */
  static synchronized void open(long upTo, boolean drained) {
    limit = upTo;
    drain = drained;
    wake();
  }

  /** Has those that wait look again. */
  static synchronized void wake() {
    for (CompletableFuture<Void> future : WAITING) {
      future.complete(null);
    }
    WAITING.clear();
  }

  /** Whether some sources end before the others. */
  static void finishEarly(boolean yes) {
    brief = yes;
  }

  /** Milliseconds that the keyed operator takes for each record. */
  static void throttle(long milliseconds) {
    throttle = milliseconds;
  }

  static long limit() {
    return limit;
  }

  static boolean drained() {
    return drain;
  }

  static boolean finishesEarly() {
    return brief;
  }

  static long throttle() {
    return throttle;
  }

  /** Completes when the gate was opened further than this, or by wake(). */
  static synchronized CompletableFuture<Void> further(long thanLimit, boolean thanDrained) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    if (limit != thanLimit || drain != thanDrained) {
      future.complete(null);
    } else {
      WAITING.add(future);
    }
    return future;
  }
}
