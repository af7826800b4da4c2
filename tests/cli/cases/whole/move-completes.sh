# Another tool was cut off when it had copied _metadata: the same command brings the rest.
savepoint
mkdir -p new/old && cp old/_metadata new/old/
rm -f "$HOME"/.local/state/stateferry/*
stateferry move old new
diff -r old new/old && stateferry move old new 2>&1 | tail -3
# The source's own _metadata, which still names the old place.
incremental_checkpoint 2>/dev/null
rm -r old && incremental_checkpoint
mkdir -p there && cp -r old/chk-2 old/shared there/
stateferry move --no-copy old/chk-2 there
echo "exit $?"
stateferry -q adopt there/chk-2 && stateferry move --no-copy old/chk-2 there 2>&1 | tail -3
