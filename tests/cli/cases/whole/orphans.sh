incremental_checkpoint
echo 12345 >old/shared/left-behind
stateferry orphans --root old old/chk-2
stateferry orphans --older-than 0 --root old old/chk-2
cp -r old/chk-2 old/chk-3
stateferry orphans --older-than 0 --root old old/chk-2 --json | json .candidates .files .snapshots-not-given.0
echo damaged >old/chk-3/_metadata
stateferry orphans --root old old/chk-2 old/chk-3
