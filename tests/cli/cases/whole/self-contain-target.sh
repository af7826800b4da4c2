# The result would be Flink's or a clean-up's to delete, or the source part of it.
incremental_checkpoint
ln -s old link
for target in old/chk-3 old/new old/chk-2/new link/new . "$PWD/old/chk-2/../new"; do
  stateferry self-contain --as . old/chk-2 "$target" 2>&1 | head -1
done
find old -newer samples/bucket-to-bucket.yaml -name new
stateferry self-contain --as . -q old/chk-2 link-not/new && stateferry verify link-not/new
