# What is too much goes from the middle of the widest cells, the first part as long as the last or one shorter.
for columns in 60 62 64; do
  COLUMNS=$columns stateferry inspect snapshots/2.3.0-inc | grep '^  [0-9]'
done
