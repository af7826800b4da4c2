savepoint
stateferry move old new/savepoint-1
diff -r old new/savepoint-1 && echo "all relative: the metadata is the same"
