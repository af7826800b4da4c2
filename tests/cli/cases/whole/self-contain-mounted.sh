# What lies in the job's directory, mounted elsewhere: neither a name nor a link shows it.
incremental_checkpoint
mkdir old/taskowned mounted
mounted() {
  unshare -rm bash -c 'mount --bind old/taskowned mounted && exec "$@"' - "$@"
}
mounted true 2>/dev/null || skip "nothing can be mounted here"
mounted stateferry self-contain --as . old/chk-2 mounted/new 2>&1 | head -1
mounted stateferry self-contain --as . -q old/chk-2 other/new
ls old/taskowned other
