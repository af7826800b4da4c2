merged_checkpoint
stateferry plan -q old/chk-2 new >plan.csv
stateferry copy -q plan.csv
merged=$(grep -m1 -o 'old/[^,]*,[^,]*,,' plan.csv | cut -d, -f1)
copy=new/${merged#old/}
echo "The job writes on."
printf 'more' >>"$merged"
inode=$(stat -c %i "$copy")
stateferry copy plan.csv
cmp "$merged" "$copy" && [ "$(stat -c %i "$copy")" = "$inode" ] && echo "in place"
echo "A copy that was killed."
truncate -s 10 "$copy"
stateferry copy --json plan.csv | json .copied .grown .existed .resumed
cmp "$merged" "$copy"
echo "It wrote on at the source of this one."
printf 'and more' >>"$copy"
stateferry copy plan.csv
echo "Something else."
printf 'x' | dd of="$copy" conv=notrunc status=none
said stateferry copy plan.csv
