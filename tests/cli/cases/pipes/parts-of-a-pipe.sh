# What is read part by part may come from a pipe, be it of one body or of several.
for snapshot in 2.3.0-inc 1.9.3-inc; do
  cat snapshots/$snapshot/_metadata | stateferry dump --json - | cmp - <(stateferry dump --json snapshots/$snapshot)
  cat snapshots/$snapshot/_metadata | stateferry inspect - | sed -n '/^operators/,$p' |
    cmp - <(stateferry inspect snapshots/$snapshot | sed -n '/^operators/,$p') && echo "the same"
done
mkfifo pipe
cat snapshots/2.3.0-inc/_metadata >pipe &
stateferry plan --base-uri s3://bucket-old/chk-2 pipe | wc -l
