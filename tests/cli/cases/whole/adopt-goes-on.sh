# What a run that was killed has left: the backup beside the old file, or the backup alone.
incremental_checkpoint
cp -r old copy
cp copy/chk-2/_metadata copy/chk-2/_metadata.bak
stateferry -q adopt copy/chk-2 && cmp old/chk-2/_metadata copy/chk-2/_metadata.bak && stateferry verify --inside copy copy/chk-2
rm copy/chk-2/_metadata
stateferry -q adopt copy/chk-2 && cmp old/chk-2/_metadata copy/chk-2/_metadata.bak && stateferry verify --inside copy copy/chk-2
# Something else has the name of the backup.
cp old/chk-2/_metadata copy/chk-2/ && echo "mine" >copy/chk-2/_metadata.bak
stateferry adopt copy/chk-2 2>&1 | tail -2
cmp old/chk-2/_metadata copy/chk-2/_metadata && cat copy/chk-2/_metadata.bak
