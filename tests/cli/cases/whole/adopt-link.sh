# A link is no copy, and that is said.
incremental_checkpoint
mkdir copy && cp -r old/chk-2 copy/ && ln -s "$PWD/old/shared" copy/shared
stateferry adopt copy/chk-2
stateferry verify copy/chk-2 --inside copy 2>&1 | count '^>'
