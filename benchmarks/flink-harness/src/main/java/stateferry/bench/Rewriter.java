package stateferry.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** Rebuilds the handles of a checkpoint with another prefix. Knows the kinds that Inputs makes. */
final class Rewriter {
  private final Prefix prefix;
  private long changed;

  Rewriter(Prefix prefix) {
    this.prefix = prefix;
  }

  long changed() {
    return changed;
  }

  CheckpointMetadata rewrite(CheckpointMetadata metadata) {
    for (OperatorState operator : metadata.getOperatorStates()) {
      for (Map.Entry<Integer, OperatorSubtaskState> entry :
          operator.getSubtaskStates().entrySet()) {
        // Only the value of a key that is there: the view that Flink returns may not be changed.
        operator.putState(entry.getKey(), rewrite(entry.getValue()));
      }
    }
    return metadata;
  }

  private OperatorSubtaskState rewrite(OperatorSubtaskState subtask) {
    OperatorSubtaskState.Builder builder = subtask.toBuilder();
    List<KeyedStateHandle> keyed = new ArrayList<>();
    for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
      keyed.add(rewrite(handle));
    }
    builder.setManagedKeyedState(new StateObjectCollection<>(keyed));
    builder.setManagedOperatorState(rewrite(subtask.getManagedOperatorState()));
    builder.setRawOperatorState(rewrite(subtask.getRawOperatorState()));
    return builder.build();
  }

  private StateObjectCollection<OperatorStateHandle> rewrite(
      StateObjectCollection<OperatorStateHandle> handles) {
    List<OperatorStateHandle> result = new ArrayList<>();
    for (OperatorStateHandle handle : handles) {
      result.add(
          new OperatorStreamStateHandle(
              handle.getStateNameToPartitionOffsets(), rewrite(handle.getDelegateStateHandle())));
    }
    return new StateObjectCollection<>(result);
  }

  private KeyedStateHandle rewrite(KeyedStateHandle handle) {
    if (!(handle instanceof IncrementalRemoteKeyedStateHandle incremental)) {
      throw new IllegalArgumentException("not made by Inputs: " + handle.getClass());
    }
    return IncrementalRemoteKeyedStateHandle.restore(
        incremental.getBackendIdentifier(),
        incremental.getKeyGroupRange(),
        incremental.getCheckpointId(),
        rewrite(incremental.getSharedState()),
        rewrite(incremental.getPrivateState()),
        rewrite(incremental.getMetaDataStateHandle()),
        incremental.getCheckpointedSize(),
        incremental.getStateHandleId());
  }

  private List<HandleAndLocalPath> rewrite(List<HandleAndLocalPath> files) {
    List<HandleAndLocalPath> result = new ArrayList<>(files.size());
    for (HandleAndLocalPath file : files) {
      result.add(HandleAndLocalPath.of(rewrite(file.getHandle()), file.getLocalPath()));
    }
    return result;
  }

  private StreamStateHandle rewrite(StreamStateHandle handle) {
    if (!(handle instanceof FileStateHandle file)) {
      return handle;
    }
    String before = file.getFilePath().toString();
    String after = prefix.apply(before);
    if (after.equals(before)) {
      return handle;
    }
    changed++;
    return new FileStateHandle(new Path(after), file.getStateSize());
  }
}
