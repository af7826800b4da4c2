# A snapshot of an old Flink, or a copy: by its first bytes.
incremental_checkpoint
shared=$(cd old/shared && ls | sort | head -1)
mkdir -p kept
cp old/chk-2/_metadata kept/checkpoint-of-monday
stateferry -q who "old/shared/$shared" --root kept | head -1
