# FILE appears whole or not at all, and takes the place of nothing that wasn't given for it.
savepoint
tried() {
  stateferry inspect --html "$@" 2>&1
  echo "exit $?"
}
sum() { sha256sum "$1" | cut -c 1-16; }
echo mine >page.html
tried page.html old
cat page.html
tried page.html --force old && page page.html | json .schema
tried other.html missing
tried other.html old snapshots/2.3.0-inc missing
tried other.html snapshots/../LICENSE
[[ -e other.html ]] || echo 'nothing of the others'
tried no/such/page.html old
(trap '' XFSZ && ulimit -f 2 && tried full.html old)
[[ -e full.html ]] || echo 'no half of a page'
before=$(sum old/_metadata)
tried old/_metadata --force old
[[ $(sum old/_metadata) == "$before" ]] && echo "the snapshot is there"
file=$(find old -type f ! -name _metadata | sort | head -n 1)
before=$(sum "$file")
tried "$file" --force old | sed "s,${file##*/},FILE,"
[[ $(sum "$file") == "$before" ]] && echo "its state is there"
ln -s "$PWD/$file" link.html
tried link.html --force old | sed "s,${file##*/},FILE,"
[[ $(sum "$file") == "$before" ]] && echo "its state is there"
