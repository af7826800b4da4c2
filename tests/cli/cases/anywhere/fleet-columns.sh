# Each line may have a DST of its own; one that fails leaves the others alone, and gives its exit code.
store
for job in a b c; do
  python3 "$TOOLS/../support/make_snapshot.py" $job 3
done
rm "$(find b/shared -type f | sort | tail -1)"
printf '%s\t%s\n' a/chk-1 s3://bucket-new/first b/chk-1 s3://bucket-new/second >list
echo c/chk-1 >>list
said stateferry move --snapshots list s3://bucket-new/others
find buckets -name _metadata | sort
echo "--- the list is no file that is written, and that one is stopped alone"
mkdir -p out/a/chk-1
printf '%s\t%s\n' a/chk-1 out/a c/chk-1 out/c >out/a/chk-1/_metadata
said stateferry move --snapshots out/a/chk-1/_metadata
head -1 out/a/chk-1/_metadata
stateferry verify -q out/c/chk-1
stateferry verify -q s3://bucket-new/first/chk-1 && stateferry verify -q s3://bucket-new/others/chk-1
