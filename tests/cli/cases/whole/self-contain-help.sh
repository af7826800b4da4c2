# What it advises are switches of its own.
incremental_checkpoint
mkdir other && mv old/shared other/ && ln -s ../other/shared old/shared
stateferry convert -q --in-place -r samples/bucket-to-bucket.yaml --set "from=file:$PWD/old/shared" --set "to=file:$PWD/other/shared" old/chk-2
stateferry self-contain --as . old/chk-2 new
rm "$(find other/shared -type f | sort | head -1)"
stateferry self-contain --as . --take-from other old/chk-2 new
echo "exit $?"
