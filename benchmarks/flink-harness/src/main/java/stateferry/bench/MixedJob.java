package stateferry.bench;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A snapshot as a real job leaves it, with random names, in the format of the release of Flink that
 * is on the class path; the same for the same arguments. Operators are made when the serializer
 * asks for them, so that memory holds one at a time. benchmarks/tools/mixed_job.hpp makes the same
 * without a JVM.
 *
 * <p>Operators take turns: files of RocksDB, shared and private ones, and a coordinator; the same
 * beside operator state and data in flight; the same below a changelog; a canonical savepoint's key
 * groups beside raw operator state.
 */
final class MixedJob {
  private static final String JOB =
      "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234";
  private static final long CHECKPOINT = 7;
  private static final int MAX_PARALLELISM = 1024;
  private static final int CHANNELS = 4;

  private final int release;
  private final int operators;
  private final int subtasks;
  private final int files;
  private SplittableRandom random = new SplittableRandom(0);
  private long locations;

  /** {@code release}: 109 for 1.9, 203 for 2.3. {@code files}: shared ones per subtask. */
  MixedJob(int release, int operators, int subtasks, int files) {
    this.release = release;
    this.operators = operators;
    this.subtasks = subtasks;
    this.files = files;
  }

  /** Absolute paths of all that was written so far. */
  long locations() {
    return locations;
  }

  /** The whole snapshot, as Checkpoints.storeCheckpointMetadata takes it. */
  Object snapshot() {
    Collection<Object> lazy =
        new AbstractCollection<>() {
          @Override
          public int size() {
            return operators;
          }

          @Override
          public Iterator<Object> iterator() {
            locations = 0;
            return IntStream.range(0, operators).mapToObj(o -> operator(o)).iterator();
          }
        };
    List<Object> hooks = List.of(Flink.make("checkpoint.MasterState", "hook", new byte[64], 1));
    if (release < 111) {
      return Flink.make("checkpoint.savepoint.SavepointV2", CHECKPOINT, lazy, hooks);
    }
    if (release < 116) {
      return Flink.make("checkpoint.metadata.CheckpointMetadata", CHECKPOINT, lazy, hooks);
    }
    Object retention =
        Flink.constant("checkpoint.CheckpointRetentionPolicy", "RETAIN_ON_CANCELLATION");
    Object properties =
        Flink.callStatic("checkpoint.CheckpointProperties", "forCheckpoint", retention);
    return Flink.make("checkpoint.metadata.CheckpointMetadata", CHECKPOINT, lazy, hooks, properties);
  }

  private Object operator(int o) {
    random = new SplittableRandom(o);
    Object id = Flink.make("jobgraph.OperatorID", (long) o, 4711L);
    Object operator =
        release < 200
            ? Flink.make("checkpoint.OperatorState", id, subtasks, MAX_PARALLELISM)
            : Flink.make(
                "checkpoint.OperatorState",
                String.format("op-%03d", o),
                String.format("uid-%03d", o),
                id,
                subtasks,
                MAX_PARALLELISM);
    if (release >= 111 && o % 4 == 0) {
      Flink.call(operator, "setCoordinatorState", inline(100));
    }
    for (int s = 0; s < subtasks; s++) {
      Flink.call(operator, "putState", s, subtask(o % 4, s));
    }
    return operator;
  }

  private Object subtask(int kind, int s) {
    List<Object> managed = new ArrayList<>();
    List<Object> raw = new ArrayList<>();
    List<Object> inputs = new ArrayList<>();
    List<Object> outputs = new ArrayList<>();
    Object keyed;
    Object range = range(s);
    if (kind == 3) {
      raw.add(operatorState(file("/chk-7/")));
      keyed = savepoint(range, s);
    } else if (kind == 2 && release >= 114) {
      keyed = changelog(range);
    } else {
      if (kind == 1) {
        managed.add(operatorState(s % 2 == 0 ? inline(200) : file("/chk-7/")));
        addChannels(s, inputs, outputs);
      }
      keyed = incremental(range);
    }
    return subtask(managed, raw, List.of(keyed), inputs, outputs);
  }

  private Object subtask(
      List<?> managed, List<?> raw, List<?> keyed, List<?> inputs, List<?> outputs) {
    Object none = collection(List.of());
    if (release < 111) {
      return Flink.make(
          "checkpoint.OperatorSubtaskState",
          collection(managed), collection(raw), collection(keyed), none);
    }
    if (release < 112) {
      return Flink.make(
          "checkpoint.OperatorSubtaskState",
          collection(managed), collection(raw), collection(keyed), none,
          collection(inputs), collection(outputs));
    }
    Object builder = Flink.callStatic("checkpoint.OperatorSubtaskState", "builder");
    Flink.call(builder, "setManagedOperatorState", collection(managed));
    Flink.call(builder, "setRawOperatorState", collection(raw));
    Flink.call(builder, "setManagedKeyedState", collection(keyed));
    Flink.call(builder, "setInputChannelState", collection(inputs));
    Flink.call(builder, "setResultSubpartitionState", collection(outputs));
    return Flink.call(builder, "build");
  }

  private static Object collection(List<?> states) {
    return Flink.make("checkpoint.StateObjectCollection", states);
  }

  // -------------------------------------------------------------------------- keyed state

  private Object range(int s) {
    return Flink.callStatic(
        "state.KeyGroupRange",
        "of",
        s * MAX_PARALLELISM / subtasks,
        (s + 1) * MAX_PARALLELISM / subtasks - 1);
  }

  private Object incremental(Object range) {
    Map<String, Object> shared = new LinkedHashMap<>();
    for (int k = 0; k < files; k++) {
      shared.put(String.format("%06d.sst", k), file("/shared/"));
    }
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("CURRENT", inline(16));
    own.put("MANIFEST-000004", file("/chk-7/"));
    own.put("OPTIONS-000007", file("/chk-7/"));
    Object meta = file("/chk-7/");
    if (release < 115) {
      return Flink.make(
          "state.IncrementalRemoteKeyedStateHandle",
          uuid(), range, CHECKPOINT, named(shared), named(own), meta);
    }
    return Flink.callStatic(
        "state.IncrementalRemoteKeyedStateHandle",
        "restore",
        uuid(), range, CHECKPOINT, named(shared), named(own), meta, 1L << 20, handleId());
  }

  /** Files with their local names, as this release takes them. */
  private Object named(Map<String, Object> files) {
    if (release < 118) {
      Map<Object, Object> result = new LinkedHashMap<>();
      files.forEach((name, file) -> result.put(Flink.make("state.StateHandleID", name), file));
      return result;
    }
    List<Object> result = new ArrayList<>();
    files.forEach(
        (name, file) ->
            result.add(
                Flink.callStatic(
                    "state.IncrementalKeyedStateHandle$HandleAndLocalPath", "of", file, name)));
    return result;
  }

  private Object changelog(Object range) {
    String stream = "state.changelog.ChangelogStateHandleStreamImpl";
    String backend = "state.changelog.ChangelogStateBackendHandle$ChangelogStateBackendHandleImpl";
    List<Object> logs = List.of(part(0L), part(4096L));
    List<Object> base = List.of(incremental(range));
    long size = 2L << 16;
    if (release < 115) {
      Object log = Flink.make(stream, logs, range, size);
      return Flink.make(backend, base, List.of(log), range);
    }
    if (release < 116) {
      Object log = Flink.callStatic(stream, "restore", logs, range, size, size, handleId());
      return Flink.callStatic(
          backend, "restore", base, List.of(log), range, 3L, size, handleId());
    }
    Object log =
        Flink.callStatic(stream, "restore", logs, range, size, size, "filesystem", handleId());
    return Flink.callStatic(
        backend, "restore", base, List.of(log), range, CHECKPOINT, 3L, size, handleId());
  }

  private Object part(long offset) {
    return Flink.make("org.apache.flink.api.java.tuple.Tuple2", file("/chk-7/"), offset);
  }

  private Object savepoint(Object range, int s) {
    int groups = (Integer) Flink.call(range, "getNumberOfKeyGroups");
    Object offsets = Flink.make("state.KeyGroupRangeOffsets", range, positions(groups));
    Object delegate = release >= 111 && s % 2 == 1 ? relative() : file("/chk-7/");
    String kind =
        release < 113 ? "state.KeyGroupsStateHandle" : "state.KeyGroupsSavepointStateHandle";
    return Flink.make(kind, offsets, delegate);
  }

  // ---------------------------------------------------------- operator state, data in flight

  private Object operatorState(Object delegate) {
    Map<String, Object> states = new LinkedHashMap<>();
    states.put("offsets", stateInfo(CHANNELS, "SPLIT_DISTRIBUTE"));
    states.put("rules", stateInfo(1, "UNION"));
    return Flink.make("state.OperatorStreamStateHandle", states, delegate);
  }

  private Object stateInfo(int count, String mode) {
    return Flink.make(
        "state.OperatorStateHandle$StateMetaInfo",
        positions(count),
        Flink.constant("state.OperatorStateHandle$Mode", mode));
  }

  /** All channels of a subtask lie in one file. */
  private void addChannels(int s, List<Object> inputs, List<Object> outputs) {
    if (release < 111) {
      return;
    }
    Object data = file("/chk-7/");
    locations += CHANNELS - 1 + (release < 201 ? CHANNELS : 1);
    List<Object> subpartitions = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      inputs.add(channel("InputChannel", s, i, data));
      subpartitions.add(channel("ResultSubpartition", s, i, data));
    }
    if (release < 201) {
      outputs.addAll(subpartitions);
    } else {
      outputs.add(
          Flink.callStatic(
              "state.MergedResultSubpartitionStateHandle", "fromChannelHandles", subpartitions));
    }
  }

  private Object channel(String kind, int s, int i, Object data) {
    Object info = Flink.make("checkpoint.channel." + kind + "Info", 0, i);
    List<Long> offsets = List.of(1000L * i);
    String handle = "state." + kind + "StateHandle";
    return release < 112
        ? Flink.make(handle, info, data, offsets, 1000L)
        : Flink.make(handle, s, info, data, offsets, 1000L);
  }

  // ------------------------------------------------------------------------------- pieces

  private Object file(String folder) {
    locations++;
    return Flink.make(
        "state.filesystem.FileStateHandle", path(JOB + folder + uuid()), random.nextLong(64 << 20));
  }

  private Object relative() {
    String name = uuid().toString();
    return Flink.make(
        "state.filesystem.RelativeFileStateHandle", path(JOB + "/chk-7/" + name), name, 1L << 20);
  }

  private static Object path(String text) {
    return Flink.make("org.apache.flink.core.fs.Path", text);
  }

  /** Named as Flink names it, by the file that it would have been. */
  private Object inline(int size) {
    byte[] data = new byte[size];
    random.nextBytes(data);
    return Flink.make("state.memory.ByteStreamStateHandle", JOB + "/chk-7/" + uuid(), data);
  }

  private Object handleId() {
    return Flink.make("state.StateHandleID", uuid().toString());
  }

  private UUID uuid() {
    long high = random.nextLong() & ~0xF000L | 0x4000L;
    long low = random.nextLong() & ~(3L << 62) | 2L << 62;
    return new UUID(high, low);
  }

  private long[] positions(int count) {
    long[] positions = new long[count];
    long position = 0;
    for (int i = 0; i < count; i++) {
      positions[i] = position;
      position += 100 + random.nextInt(1000);
    }
    return positions;
  }
}
