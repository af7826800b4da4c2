# A checkpoint that is being written is nobody's garbage, whatever its age.
incremental_checkpoint
mkdir old/chk-3
echo state >old/chk-3/a
echo state >old/shared/left-behind
stateferry orphans --older-than 0 --root old old/chk-2
stateferry orphans --older-than 0 --root old old/chk-2 --json | json .candidates .incomplete-checkpoints.0
stateferry orphans --older-than 0 --include-incomplete --root old old/chk-2
