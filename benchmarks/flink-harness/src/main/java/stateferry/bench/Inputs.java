package stateferry.bench;

import java.nio.charset.StandardCharsets;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StateHandleID;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/**
 * Checkpoints made of Flink's own classes, the same for the same arguments. Operators are made when
 * the serializer asks for them, so that memory holds one at a time.
 */
final class Inputs {
  static final String JOB = "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234";
  private static final int MAX_PARALLELISM = 1024;
  private static final long CHECKPOINT = 7;

  private Inputs() {}

  /**
   * Incremental checkpoint: {@code operators} × {@code subtasks} keyed handles with {@code files}
   * shared files each, and one for its metadata.
   */
  static CheckpointMetadata incremental(int operators, int subtasks, int files) {
    return metadata(operators, o -> incrementalOperator(o, subtasks, files));
  }

  private static OperatorState incrementalOperator(int o, int subtasks, int files) {
    OperatorState operator = operator(o, subtasks);
    for (int s = 0; s < subtasks; s++) {
      List<HandleAndLocalPath> shared = new ArrayList<>(files);
      for (int k = 0; k < files; k++) {
        String path = JOB + "/shared/" + uuid(o, k, s);
        shared.add(HandleAndLocalPath.of(file(path, 1000 + k), String.format("%06d.sst", k)));
      }
      StreamStateHandle meta = file(JOB + "/chk-7/" + uuid(o, 0xffff, s), 1000);
      KeyGroupRange range =
          KeyGroupRange.of(
              s * MAX_PARALLELISM / subtasks, (s + 1) * MAX_PARALLELISM / subtasks - 1);
      operator.putState(
          s,
          OperatorSubtaskState.builder()
              .setManagedKeyedState(
                  IncrementalRemoteKeyedStateHandle.restore(
                      uuid(o, 0xaaaa, s),
                      range,
                      CHECKPOINT,
                      shared,
                      List.of(),
                      meta,
                      100,
                      new StateHandleID(uuid(o, 0xdddd, s).toString())))
              .build());
    }
    return operator;
  }

  /**
   * {@code handles} inline handles of 64 KiB to 1 MiB, each the operator state of one subtask,
   * beside a raw state in a file. Each inline state also holds the prefix that is rewritten.
   */
  static CheckpointMetadata inline(int handles, int subtasks) {
    return metadata(
        (handles + subtasks - 1) / subtasks,
        o -> inlineOperator(o, Math.min(subtasks, handles - o * subtasks)));
  }

  private static OperatorState inlineOperator(int o, int subtasks) {
    OperatorState operator = operator(o, subtasks);
    SplittableRandom random = new SplittableRandom(o);
    for (int s = 0; s < subtasks; s++) {
      byte[] state = new byte[random.nextInt(64 << 10, (1 << 20) + 1)];
      random.nextBytes(state);
      byte[] text = JOB.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, state, random.nextInt(state.length - text.length), text.length);
      OperatorSubtaskState.Builder builder = OperatorSubtaskState.builder();
      builder.setManagedOperatorState(
          stateIn(new ByteStreamStateHandle(uuid(o, 0x1111, s).toString(), state)));
      builder.setRawOperatorState(stateIn(file(JOB + "/chk-7/" + uuid(o, 0x2222, s), 1000)));
      operator.putState(s, builder.build());
    }
    return operator;
  }

  private static OperatorStateHandle stateIn(StreamStateHandle handle) {
    return new OperatorStreamStateHandle(
        Map.of(
            "state",
            new OperatorStateHandle.StateMetaInfo(
                new long[] {0, 100}, OperatorStateHandle.Mode.SPLIT_DISTRIBUTE)),
        handle);
  }

  private static OperatorState operator(int o, int parallelism) {
    String uid = String.format("uid-%03d", o);
    return new OperatorState(
        String.format("op-%03d", o), uid, new OperatorID(o, 4711), parallelism, MAX_PARALLELISM);
  }

  private static FileStateHandle file(String path, long size) {
    return new FileStateHandle(new Path(path), size);
  }

  private static UUID uuid(int o, int k, int s) {
    return new UUID(((long) o << 32) | ((long) k << 16) | 0x4222, 0x8333000000000000L | s);
  }

  private static CheckpointMetadata metadata(int count, IntFunction<OperatorState> make) {
    Collection<OperatorState> operators =
        new AbstractCollection<>() {
          @Override
          public int size() {
            return count;
          }

          @Override
          public Iterator<OperatorState> iterator() {
            return IntStream.range(0, count).mapToObj(make).iterator();
          }
        };
    return new CheckpointMetadata(
        CHECKPOINT,
        operators,
        List.of(),
        CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION));
  }
}
