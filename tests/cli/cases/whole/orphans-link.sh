# One place under two names: what is needed by one is needed by the other.
incremental_checkpoint
ln -s old link
echo state >old/shared/left-behind
stateferry orphans --older-than 0 --root link old/chk-2
stateferry orphans --older-than 0 --root old link/chk-2
