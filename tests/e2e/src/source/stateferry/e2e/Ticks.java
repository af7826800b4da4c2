package stateferry.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A FLIP-27 source: splits with the next number are the readers' state, and which splits were given away is the
 * state of the coordinator.
 */
final class Ticks implements Source<Tuple3<String, String, Long>, Ticks.Split, String> {
  private static final long serialVersionUID = 1;
  private final int splits;

  Ticks(int splits) {
    this.splits = splits;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Tuple3<String, String, Long>, Split> createReader(SourceReaderContext context) {
    return new Reader();
  }

  @Override
  public SplitEnumerator<Split, String> createEnumerator(SplitEnumeratorContext<Split> context) {
    return new Enumerator(context, splits, new TreeSet<>());
  }

  @Override
  public SplitEnumerator<Split, String> restoreEnumerator(SplitEnumeratorContext<Split> context, String state) {
    Journal.restored("ticks-enumerator " + state);
    TreeSet<String> assigned = new TreeSet<>();
    Collections.addAll(assigned, state.split(","));
    return new Enumerator(context, splits, assigned);
  }

  @Override
  public SimpleVersionedSerializer<Split> getSplitSerializer() {
    return new SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<String> getEnumeratorCheckpointSerializer() {
    return new TextSerializer();
  }

  /** One partition, with the number of its next record. */
  static final class Split implements SourceSplit {
    private final String name;
    private long next;

    Split(String name, long next) {
      this.name = name;
      this.next = next;
    }

    @Override
    public String splitId() {
      return name;
    }

    @Override
    public String toString() {
      return name + " " + next;
    }
  }

  private static final class Reader implements SourceReader<Tuple3<String, String, Long>, Split> {
    private final List<Split> assigned = new ArrayList<>();
    private long seenLimit;
    private boolean seenDrained;

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Tuple3<String, String, Long>> output) {
      seenDrained = Gate.drained();
      seenLimit = Gate.limit();
      for (Split split : assigned) {
        if (split.next < seenLimit) {
          output.collect(Records.of(split.name, split.next), split.next);
          ++split.next;
          return InputStatus.MORE_AVAILABLE;
        }
      }
      return seenDrained ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<Split> snapshotState(long checkpoint) {
      List<Split> copies = new ArrayList<>();
      for (Split split : assigned) {
        copies.add(new Split(split.name, split.next));
        Journal.snapshot(checkpoint, "ticks " + split);
      }
      return copies;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return Gate.further(seenLimit, seenDrained);
    }

    /** The enumerator gives all away with number 0; a split that is further on comes from state. */
    @Override
    public void addSplits(List<Split> splits) {
      for (Split split : splits) {
        if (split.next > 0) {
          Journal.restored("ticks " + split);
        }
        assigned.add(split);
      }
      Gate.wake();
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  private static final class Enumerator implements SplitEnumerator<Split, String> {
    private final SplitEnumeratorContext<Split> context;
    private final int splits;
    private final TreeSet<String> assigned;
    private final TreeSet<Integer> readers = new TreeSet<>();

    Enumerator(SplitEnumeratorContext<Split> context, int splits, TreeSet<String> assigned) {
      this.context = context;
      this.splits = splits;
      this.assigned = assigned;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<Split> back, int subtask) {
      throw new IllegalStateException("a reader failed");
    }

    /** Gives all splits away as soon as all readers are there: which reader gets which is always the same. */
    @Override
    public void addReader(int subtask) {
      readers.add(subtask);
      if (!assigned.isEmpty() || readers.size() < context.currentParallelism()) {
        return;
      }
      for (int i = 0; i < splits; ++i) {
        context.assignSplit(new Split("ticks-" + i, 0), i % context.currentParallelism());
        assigned.add("ticks-" + i);
      }
    }

    /** Flink 1.12 and 1.13 call this one. */
    public String snapshotState() {
      return String.join(",", assigned);
    }

    /** Flink 1.14 and later call this one. */
    public String snapshotState(long checkpoint) {
      return snapshotState();
    }

    @Override
    public void close() {}
  }

  private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
    private final TextSerializer text = new TextSerializer();

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Split split) {
      return text.serialize(split.toString());
    }

    @Override
    public Split deserialize(int version, byte[] bytes) throws IOException {
      String[] words = text.deserialize(version, bytes).split(" ");
      return new Split(words[0], Long.parseLong(words[1]));
    }
  }

  private static final class TextSerializer implements SimpleVersionedSerializer<String> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(String value) {
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String deserialize(int version, byte[] bytes) throws IOException {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
