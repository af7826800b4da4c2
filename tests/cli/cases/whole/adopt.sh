# Files that something else has copied, _metadata included: it is told where they lie now.
incremental_checkpoint
cp -r old copy && rm copy/chk-1 -rf
contents copy | grep -v _metadata >before
stateferry adopt --dry-run --json copy/chk-2 | json .changed .files .relative-files .rewritten-locations .maps.0.files .backup
cmp old/chk-2/_metadata copy/chk-2/_metadata && echo "a dry run writes nothing"
stateferry adopt --emit-rules rules.yaml copy/chk-2
cmp old/chk-2/_metadata copy/chk-2/_metadata.bak && echo "the old one is kept"
contents copy | grep -v _metadata | diff before - && echo "the files are as they were"
stateferry -q convert -r rules.yaml old/chk-2/_metadata converted && cmp converted copy/chk-2/_metadata && echo "the same by the rules"
stateferry adopt copy/chk-2/_metadata
rm -r old && stateferry verify --inside copy copy/chk-2
# A copy of the copy, under another name, with the backup in it.
cp -r copy second && mv second/chk-2 second/other
stateferry adopt second/other --root second
stateferry -q adopt second/other --root second --backup .bak2 && stateferry verify --inside second second/other
ls second/other | count _metadata
