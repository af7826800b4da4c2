# A savepoint keeps its name, or gets another one; a chain of them goes below one directory.
savepoint
mv old savepoint-1 && cp -r savepoint-1 savepoint-2
stateferry move savepoint-1 new
diff -r savepoint-1 new/savepoint-1 && echo "all relative: the metadata is the same"
stateferry move -q savepoint-2 new/ && ls new
stateferry move savepoint-1 new 2>&1 | tail -3
stateferry move -q savepoint-1 new --as third && stateferry move -q savepoint-1 fourth --as . && ls new fourth
stateferry plan savepoint-1 new --as third 2>&1 >/dev/null | head -2
for name in a/b .. ""; do
  stateferry move savepoint-1 new --as "$name" 2>&1 | head -1
done
# What lies below a root above it keeps its layout.
incremental_checkpoint
stateferry move old/chk-2 below --as other
echo "exit $?"
stateferry move -q old/chk-2 below --as . && ls below
