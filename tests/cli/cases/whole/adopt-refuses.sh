# Nothing is guessed, and nothing is written unless every file is there in full.
incremental_checkpoint
refused() {
  stateferry adopt "$@" 2>&1 | cut -c 1-200
  echo "exit ${PIPESTATUS[0]}"
}
name=0853bd75-5c87-4fe8-8837-ca4c62b311e6
cp -r old copy && rm "copy/shared/$name"
refused copy/chk-2
echo "another size" >"copy/shared/$name"
refused copy/chk-2
rm copy/shared/*
refused copy/chk-2
stateferry -q adopt copy/chk-2 --map "file:$PWD/old/shared=file:$PWD/old/shared" && cmp old/chk-2/_metadata copy/chk-2/_metadata && echo "nothing changes"
# The same names in two places.
cp old/shared/* copy/shared/ && mkdir -p copy/old && cp -r old/shared copy/old/
refused copy/chk-2
stateferry -q adopt copy/chk-2 --map old/shared=copy/old/shared --dry-run --json | json .maps.0.to .maps.0.files
stateferry -q adopt copy/chk-2 --from old/chk-2 --dry-run --json | json .maps.0.from .maps.0.to
mv old gone && rm -r copy/old copy/shared/*
refused copy/chk-2
cmp gone/chk-2/_metadata copy/chk-2/_metadata && ls copy/chk-2 | count _metadata
refused nowhere
refused copy/chk-2 --backup x/y
# What --emit-rules writes is none of its files.
rm -r copy && cp -r gone copy
for file in copy/chk-2/_metadata copy/chk-2/_metadata.bak copy/shared/0853bd75-5c87-4fe8-8837-ca4c62b311e6; do
  refused copy/chk-2 --emit-rules "$file" --force
done
diff -r gone copy && echo "nothing was changed"
