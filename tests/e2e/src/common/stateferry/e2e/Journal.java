package stateferry.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the operators of the running job saw, for the code that started the job in the same JVM: what they were
 * restored with, what they put into each checkpoint, and what they held at the end. One job at a time.
 */
final class Journal {
  private static final List<String> RESTORED = new ArrayList<>();
  private static final TreeMap<Long, List<String>> SNAPSHOTS = new TreeMap<>();
  private static final Map<String, String> FINAL = new TreeMap<>();

  /** Records that went all the way to the keyed operator. */
  static final AtomicLong TOTALLED = new AtomicLong();

  /** Records that the source which may finish early has got through its own counter. */
  static final AtomicLong BRIEF = new AtomicLong();

  /** Rules that arrived, each counted once per subtask. */
  static final AtomicLong RULES = new AtomicLong();

  private Journal() {}

  static synchronized void clear() {
    RESTORED.clear();
    SNAPSHOTS.clear();
    FINAL.clear();
    TOTALLED.set(0);
    BRIEF.set(0);
    RULES.set(0);
  }

  /** An operator was restored with this. */
  static synchronized void restored(String line) {
    RESTORED.add(line);
  }

  /** An operator put this into the checkpoint. */
  static synchronized void snapshot(long checkpoint, String line) {
    SNAPSHOTS.computeIfAbsent(checkpoint, id -> new ArrayList<>()).add(line);
  }

  /** The state under this name is now such; the last word counts. */
  static synchronized void state(String name, String value) {
    FINAL.put(name, value);
  }

  /** The number of the last checkpoint that any operator took part in; 0 if there was none. */
  static synchronized long lastSnapshot() {
    return SNAPSHOTS.isEmpty() ? 0 : SNAPSHOTS.lastKey();
  }

  /** What the operators put into one checkpoint, sorted. */
  static synchronized List<String> snapshot(long checkpoint) {
    List<String> lines = new ArrayList<>(SNAPSHOTS.getOrDefault(checkpoint, new ArrayList<>()));
    Collections.sort(lines);
    return lines;
  }

  /** Everything that operators were restored with and what they held in the end, sorted; equal lines stay. */
  static synchronized List<String> report() {
    List<String> lines = new ArrayList<>();
    for (String line : RESTORED) {
      lines.add("restored " + line);
    }
    Collections.sort(lines);
    for (Map.Entry<String, String> entry : FINAL.entrySet()) {
      lines.add("final " + entry.getKey() + " " + entry.getValue());
    }
    return lines;
  }

  /** The counters, for messages. */
  static String counts() {
    return "totalled " + TOTALLED + ", brief " + BRIEF + ", rules " + RULES;
  }

  /** The elements in order, as text; equal ones stay. */
  static String sorted(Iterable<?> elements) {
    List<String> texts = new ArrayList<>();
    for (Object element : elements) {
      texts.add(element.toString());
    }
    Collections.sort(texts);
    return texts.toString();
  }
}
