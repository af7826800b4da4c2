# The copy is the source under another name: nothing is deleted.
mkdir data && cp -r "$TOOLS/../../examples/whole/2.3.0-savepoint" data/sp
contents data >before
ln -s data link
stateferry move --delete-source data/sp link
echo "exit $?"

# Only one directory of the target is the source's.
incremental_checkpoint
contents old >before-old
stateferry move -q old/chk-2 new
rm -r new/shared && ln -s "$PWD/old/shared" new/shared
stateferry move --delete-source --not-looked-at snapshots old/chk-2 new
echo "exit $?"
rm new/chk-2/_metadata
stateferry move --delete-source --no-copy --not-looked-at snapshots old/chk-2 new
echo "exit $?"

contents data | diff before - && contents old | diff before-old - && echo "all is there"
find . -name '.stateferry-*'
