# Decoded and encoded again, every real file comes back byte for byte.
for snapshot in snapshots/*; do
  stateferry -q convert --reencode "$snapshot/_metadata" again --force
  cmp "$snapshot/_metadata" again && echo "$snapshot"
done
