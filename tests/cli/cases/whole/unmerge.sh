merged_checkpoint
stateferry self-contain --as . --unmerge old/chk-2 new
stateferry verify --strict new
stateferry dump new | count -E 'SegmentFile|FileMerging'
stateferry move --unmerge old/chk-2 moved
stateferry verify --strict moved/chk-2
diff -r new moved/chk-2 && echo "the same files"
cat new/[0-9a-f]* | wc -c
