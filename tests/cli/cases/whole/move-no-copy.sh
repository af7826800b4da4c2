incremental_checkpoint
stateferry move --no-copy old/chk-2 new
echo "exit $?"
mkdir new && cp -r old/shared old/chk-2 new/ && rm new/chk-2/_metadata
stateferry move --no-copy old/chk-2 new && rm -r old && stateferry verify new/chk-2
