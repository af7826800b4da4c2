# The given file is never listed, and no other snapshot, whatever they are called.
incremental_checkpoint
mkdir old/kept
cp old/chk-2/_metadata old/kept/savepoint-0a1b2c
cp old/chk-2/_metadata old/kept/renamed
echo x >old/kept/completedCheckpoint7
stateferry orphans --older-than 0 --root old old/chk-2
stateferry orphans --older-than 0 --root old old/chk-2 old/kept/savepoint-0a1b2c
