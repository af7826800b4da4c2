# But for command lines that are to be copied and names of options.
for columns in 60 80 200; do
  for command in "" move convert plan copy verify self-contain orphans inspect dump rules "rules test" plugins explain; do
    # shellcheck disable=SC2086  # two words
    COLUMNS=$columns stateferry $command --help | sed '/^Examples\?:/,$d' | grep -v '^  -\||' | awk -v most="$columns" 'length($0) > most'
  done
done
# A table is cut where the columns are known, and never where a program may read it.
COLUMNS=60 stateferry inspect snapshots/2.3.0-inc | grep '^  [0-9]' | wc -L | awk '$1 > 60'
stateferry inspect snapshots/2.3.0-inc | grep '^  [0-9]' | count …
echo "done"
