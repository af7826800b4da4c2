# What another snapshot needs is kept, whatever name it has for it.
incremental_checkpoint
# A snapshot whose files are named below another directory.
renamed() {
  stateferry convert -q --in-place -r samples/bucket-to-bucket.yaml --set "from=file:$PWD/$1" --set "to=file:$PWD/$2" "$3"
  rm "$3/_metadata.bak"
}

# A job restored from old with CLAIM: its own files are copies, the shared ones are those of old, by a link.
mkdir restarted
cp -r old/chk-2 restarted/chk-3
ln -s old link
renamed old link restarted/chk-3
stateferry move --delete-source --not-looked-at snapshots old/chk-2 new 2>&1 | grep -E '^left|deleted'
stateferry verify restarted/chk-3
find old -type f | count .

# By a hard link.
rm -r old restarted link new && incremental_checkpoint
mkdir -p restarted/shared
ln old/shared/* restarted/shared/
cp -r old/chk-2 restarted/chk-3
renamed old restarted restarted/chk-3
stateferry move --delete-source --not-looked-at snapshots old/chk-2 new 2>&1 | grep -E '^left|deleted'
stateferry verify restarted/chk-3
find old -type f | count .
