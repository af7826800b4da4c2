# By the later of mtime and ctime: an old date proves nothing.
incremental_checkpoint
echo state >old/shared/left-behind
touch -d 2020-01-01 old/shared/left-behind
stateferry orphans --root old old/chk-2
stateferry orphans --root old old/chk-2 --json | json .candidates .too-young .older-than-seconds
sleep 2.1
stateferry orphans --older-than 2s --root old old/chk-2 --jsonl |
  sed -E 's/"modified":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"/"modified":"TIME"/'
stateferry orphans --older-than soon --root old old/chk-2
