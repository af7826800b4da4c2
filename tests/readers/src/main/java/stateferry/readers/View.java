package stateferry.readers;

import static stateferry.readers.Getters.field;
import static stateferry.readers.Getters.get;
import static stateferry.readers.Getters.has;
import static stateferry.readers.Getters.number;
import static stateferry.readers.Getters.text;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Flink's objects say of a snapshot, as maps and lists. The names are those of `stateferry dump`. What
 * Flink keeps in hash order is sorted here: subtasks, states of an operator handle, files.
 */
final class View {
  private View() {}

  static Map<String, Object> snapshot(Object metadata) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("checkpoint_id", number(metadata, "getCheckpointId"));
    view.put("snapshot", snapshotType(metadata));
    view.put("master_states", each(get(metadata, "getMasterStates"), View::masterState));
    view.put("operators", operators(metadata));
    return view;
  }

  /** Version 1 has the states of tasks, each a chain of operators, and only 1.9 and older can hold them. */
  private static List<Object> operators(Object metadata) {
    Object tasks = has(metadata, "getTaskStates") ? get(metadata, "getTaskStates") : null;
    return tasks == null
        ? each(get(metadata, "getOperatorStates"), View::operator)
        : each(tasks, View::task);
  }

  private interface Show {
    Object of(Object object);
  }

  private static List<Object> each(Object objects, Show show) {
    List<Object> views = new ArrayList<>();
    for (Object object : (Iterable<?>) objects) {
      views.add(show.of(object));
    }
    return views;
  }

  /** Name and format; null for releases before 1.16, which don't keep it, and where the file doesn't say. */
  private static Object snapshotType(Object metadata) {
    Object properties =
        has(metadata, "getCheckpointProperties") ? get(metadata, "getCheckpointProperties") : null;
    if (properties == null) {
      return null;
    }
    Object type = get(properties, "getCheckpointType");
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", text(type, "getName"));
    view.put("format", has(type, "getFormatType") ? text(type, "getFormatType") : null);
    return view;
  }

  private static Object masterState(Object state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("version", number(state, "version"));
    view.put("name", text(state, "name"));
    view.put("payload", bytes((byte[]) get(state, "bytes")));
    return view;
  }

  private static Object bytes(byte[] bytes) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("length", bytes.length);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      view.put("sha256", HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return view;
  }

  // --- operators -------------------------------------------------------------------------------

  private static Object operator(Object state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", optional(state, "getOperatorName"));
    view.put("uid", optional(state, "getOperatorUid"));
    view.put("id", text(state, "getOperatorID"));
    view.put("parallelism", number(state, "getParallelism"));
    view.put("max_parallelism", number(state, "getMaxParallelism"));
    view.put(
        "coordinator",
        has(state, "getCoordinatorState") ? handle(get(state, "getCoordinatorState")) : null);
    view.put("fully_finished", type(state).equals("FullyFinishedOperatorState"));
    view.put("subtasks", subtasks(state));
    return view;
  }

  private static Object task(Object state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", "");
    view.put("uid", "");
    view.put("id", text(state, "getJobVertexID"));
    view.put("parallelism", number(state, "getParallelism"));
    view.put("max_parallelism", number(state, "getMaxParallelism"));
    view.put("chain_length", number(state, "getChainLength"));
    view.put("coordinator", null);
    view.put("fully_finished", false);
    view.put("subtasks", subtasks(state));
    return view;
  }

  /** Empty for releases before 2.0, which know neither. */
  private static String optional(Object state, String getter) {
    return has(state, getter) ? ((Optional<?>) get(state, getter)).map(Object::toString).orElse("") : "";
  }

  private static Object subtasks(Object operator) {
    List<Object> views = new ArrayList<>();
    Map<?, ?> states = (Map<?, ?>) get(operator, "getSubtaskStates");
    if (type(operator).equals("FullyFinishedOperatorState")) {
      return views;
    }
    new TreeMap<>(states).forEach((index, state) -> views.add(subtask((Integer) index, state)));
    return views;
  }

  private static Object subtask(int index, Object state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("index", index);
    view.put("finished", type(state).equals("FinishedOperatorSubtaskState"));
    view.put("managed_operator", handles(state, "getManagedOperatorState"));
    view.put("raw_operator", handles(state, "getRawOperatorState"));
    view.put("managed_keyed", handles(state, "getManagedKeyedState"));
    view.put("raw_keyed", handles(state, "getRawKeyedState"));
    view.put("input_channels", handles(state, "getInputChannelState"));
    view.put("output_channels", handles(state, "getResultSubpartitionState"));
    return view;
  }

  /** Empty where the release has no such state. */
  private static List<Object> handles(Object state, String getter) {
    Object handles = has(state, getter) ? get(state, getter) : null;
    if (handles == null) {
      return new ArrayList<>();
    }
    if (type(handles).equals("ChainedStateHandle")) {
      // One for each operator of a chain, or null.
      handles = field(handles, "operatorStateHandles");
    }
    return handles instanceof Iterable
        ? each(handles, View::handle)
        : new ArrayList<>(List.of(handle(handles)));
  }

  // --- handles ---------------------------------------------------------------------------------

  private static String type(Object object) {
    return object.getClass().getSimpleName();
  }

  private static Object handle(Object handle) {
    if (handle == null) {
      return null;
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("type", type(handle));
    switch (type(handle)) {
      case "FileStateHandle":
        view.put("path", text(handle, "getFilePath"));
        view.put("size", number(handle, "getStateSize"));
        break;
      case "RelativeFileStateHandle":
        view.put("relative_path", text(handle, "getRelativePath"));
        view.put("path", text(handle, "getFilePath"));
        view.put("size", number(handle, "getStateSize"));
        break;
      case "ByteStreamStateHandle":
        view.put("handle_name", text(handle, "getHandleName"));
        view.put("data", bytes((byte[]) get(handle, "getData")));
        break;
      case "SegmentFileStateHandle":
        segment(handle, view);
        break;
      case "EmptySegmentFileStateHandle":
        break;
      case "EmptyFileMergingOperatorStreamStateHandle":
      case "FileMergingOperatorStreamStateHandle":
        view.put("task_owned_dir", text(get(handle, "getTaskOwnedDirHandle"), "getDirectory"));
        view.put("shared_dir", text(get(handle, "getSharedDirHandle"), "getDirectory"));
        operatorHandle(handle, view);
        break;
      case "OperatorStreamStateHandle":
        operatorHandle(handle, view);
        break;
      case "KeyGroupsStateHandle":
      case "KeyGroupsSavepointStateHandle":
        keyGroups(handle, view);
        break;
      case "IncrementalRemoteKeyedStateHandle":
        incremental(handle, view);
        break;
      case "ChangelogStateBackendHandleImpl":
        changelog(handle, view);
        break;
      case "InMemoryChangelogStateHandle":
        memoryChangelog(handle, view);
        break;
      case "ChangelogStateHandleStreamImpl":
        fileChangelog(handle, view);
        break;
      case "InputChannelStateHandle":
      case "ResultSubpartitionStateHandle":
        channel(handle, view);
        break;
      case "MergedInputChannelStateHandle":
      case "MergedResultSubpartitionStateHandle":
        mergedChannel(handle, view);
        break;
      default:
        throw new IllegalStateException("no view of " + handle.getClass().getName());
    }
    return view;
  }

  private static void segment(Object handle, Map<String, Object> view) {
    view.put("path", text(handle, "getFilePath"));
    view.put("start_position", number(handle, "getStartPos"));
    view.put("size", number(handle, "getStateSize"));
    view.put("scope", text(handle, "getScope"));
    view.put("logical_file_id", text(get(handle, "getLogicalFileId"), "getKeyString"));
  }

  private static void operatorHandle(Object handle, Map<String, Object> view) {
    List<Object> states = new ArrayList<>();
    Map<?, ?> byName = (Map<?, ?>) get(handle, "getStateNameToPartitionOffsets");
    new TreeMap<>(byName).forEach((name, info) -> {
      Map<String, Object> state = new LinkedHashMap<>();
      state.put("name", name);
      state.put("mode", text(info, "getDistributionMode"));
      state.put("offsets", numbers((long[]) get(info, "getOffsets")));
      states.add(state);
    });
    view.put("states", states);
    view.put("delegate", handle(get(handle, "getDelegateStateHandle")));
  }

  private static List<Long> numbers(long[] values) {
    List<Long> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return list;
  }

  private static Object range(Object range) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("start_key_group", number(range, "getStartKeyGroup"));
    view.put("number_of_key_groups", number(range, "getNumberOfKeyGroups"));
    return view;
  }

  /** What was made anew while reading, where the file has none, is left out by whoever compares. */
  private static void identity(Object handle, Map<String, Object> view) {
    if (has(handle, "getStateHandleId")) {
      view.put("state_handle_id", text(get(handle, "getStateHandleId"), "getKeyString"));
    }
  }

  private static void keyGroups(Object handle, Map<String, Object> view) {
    Object offsets = get(handle, "getGroupRangeOffsets");
    view.put("key_group_range", range(get(handle, "getKeyGroupRange")));
    view.put("offsets", numbers((long[]) field(offsets, "offsets")));
    view.put("delegate", handle(get(handle, "getDelegateStateHandle")));
    identity(handle, view);
  }

  private static void incremental(Object handle, Map<String, Object> view) {
    view.put("checkpoint_id", number(handle, "getCheckpointId"));
    view.put("backend_id", text(handle, "getBackendIdentifier"));
    view.put("key_group_range", range(get(handle, "getKeyGroupRange")));
    if (has(handle, "getCheckpointedSize")) {
      view.put("checkpointed_size", number(handle, "getCheckpointedSize"));
    }
    view.put("meta_handle", handle(get(handle, "getMetaDataStateHandle", "getMetaStateHandle")));
    view.put("shared", files(get(handle, "getSharedState")));
    view.put("private", files(get(handle, "getPrivateState")));
    identity(handle, view);
  }

  /** A map by local name up to 1.17, since then a list. */
  private static Object files(Object files) {
    List<Map<String, Object>> views = new ArrayList<>();
    if (files instanceof Map) {
      ((Map<?, ?>) files).forEach((name, file) -> views.add(file(text(name, "getKeyString"), file)));
    } else {
      for (Object file : (Collection<?>) files) {
        views.add(file(text(file, "getLocalPath"), get(file, "getHandle")));
      }
    }
    views.sort(Comparator.comparing(view -> Json.of(view)));
    return views;
  }

  private static Map<String, Object> file(String localName, Object handle) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("local_name", localName);
    view.put("handle", handle(handle));
    return view;
  }

  private static void changelog(Object handle, Map<String, Object> view) {
    view.put("key_group_range", range(get(handle, "getKeyGroupRange")));
    if (has(handle, "getCheckpointedSize")) {
      view.put("checkpointed_size", number(handle, "getCheckpointedSize"));
    }
    view.put("materialized", each(get(handle, "getMaterializedStateHandles"), View::handle));
    view.put("non_materialized", each(get(handle, "getNonMaterializedStateHandles"), View::handle));
    if (has(handle, "getMaterializationID")) {
      view.put("materialization_id", number(handle, "getMaterializationID"));
    }
    if (has(handle, "getCheckpointId")) {
      view.put("checkpoint_id", number(handle, "getCheckpointId"));
    }
    identity(handle, view);
  }

  private static void memoryChangelog(Object handle, Map<String, Object> view) {
    view.put("key_group_range", range(get(handle, "getKeyGroupRange")));
    view.put("from", number(handle, "getFrom"));
    view.put("to", number(handle, "getTo"));
    view.put("changes", each(get(handle, "getChanges"), change -> {
      Map<String, Object> changeView = new LinkedHashMap<>();
      changeView.put("key_group", number(change, "getKeyGroup"));
      changeView.put("change", bytes((byte[]) get(change, "getChange")));
      return changeView;
    }));
    identity(handle, view);
  }

  private static void fileChangelog(Object handle, Map<String, Object> view) {
    view.put("key_group_range", range(get(handle, "getKeyGroupRange")));
    view.put("handles", each(get(handle, "getHandlesAndOffsets"), pair -> {
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("offset", field(pair, "f1"));
      part.put("handle", handle(field(pair, "f0")));
      return part;
    }));
    view.put("size", number(handle, "getStateSize"));
    if (has(handle, "getCheckpointedSize")) {
      view.put("checkpointed_size", number(handle, "getCheckpointedSize"));
    }
    if (has(handle, "getStorageIdentifier")) {
      view.put("storage_identifier", text(handle, "getStorageIdentifier"));
    }
    identity(handle, view);
  }

  private static Object channelInfo(Object info) {
    Map<String, Object> view = new LinkedHashMap<>();
    if (has(info, "getGateIdx")) {
      view.put("gate_index", number(info, "getGateIdx"));
      view.put("input_channel_index", number(info, "getInputChannelIdx"));
    } else {
      view.put("partition_index", number(info, "getPartitionIdx"));
      view.put("subpartition_index", number(info, "getSubPartitionIdx"));
    }
    return view;
  }

  private static void channel(Object handle, Map<String, Object> view) {
    if (has(handle, "getSubtaskIndex")) {
      view.put("subtask_index", number(handle, "getSubtaskIndex"));
    }
    view.put("info", channelInfo(get(handle, "getInfo")));
    view.put("offsets", get(handle, "getOffsets"));
    view.put("size", number(handle, "getStateSize"));
    view.put("delegate", handle(get(handle, "getDelegate")));
  }

  private static void mergedChannel(Object handle, Map<String, Object> view) {
    view.put("subtask_index", number(handle, "getSubtaskIndex"));
    view.put("size", number(handle, "getStateSize"));
    view.put("delegate", handle(get(handle, "getDelegate")));
    view.put("packed", each(get(handle, "getUnmergedHandles"), part -> {
      Map<String, Object> partView = new LinkedHashMap<>();
      partView.put("info", channelInfo(get(part, "getInfo")));
      partView.put("size", number(part, "getStateSize"));
      partView.put("offsets", get(part, "getOffsets"));
      return partView;
    }));
  }
}
