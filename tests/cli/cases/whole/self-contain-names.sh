incremental_checkpoint
# A shared file gets the name of another file, in another directory, and what a third one holds.
a=old/shared/708acf89-f2ad-4359-8c84-5e214250dbb6 b=old/shared/0853bd75-5c87-4fe8-8837-ca4c62b311e6
mkdir claimed && mv "$a" claimed/d9c7e64c-c05c-4d2a-b3f6-27e7e0f23f25
c=old/shared/e070b73b-8f03-41a4-949c-bde01caab32b
cp "$b" claimed/same && rm "$c"
printf 'steps:\n  - {id: a, uses: uri.map-prefix, with: {map: {"file:%s": "file:%s", "file:%s": "file:%s"}}}\noutput: {untouched-uris: allow}\n' \
  "$PWD/$a" "$PWD/claimed/d9c7e64c-c05c-4d2a-b3f6-27e7e0f23f25" "$PWD/$c" "$PWD/claimed/same" | rules
stateferry convert -q -r rules.yaml --in-place --backup .was old/chk-2 && rm old/chk-2/_metadata.was
stateferry self-contain --as . --json --take-from claimed old/chk-2 new | json .files .copied .renamed .shared-content
(cd new && printf "%s\n" d9c7e64c*)
stateferry verify --strict new
