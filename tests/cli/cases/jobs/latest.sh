# The newest that is complete, for every command that takes a snapshot.
a_job
stateferry dump --latest job | head -3
stateferry plan -q --latest job | tail -1
stateferry inspect --latest --json job | json .file
stateferry diff --latest job job/chk-1 | tail -1
stateferry scan -q --latest job nowhere
echo "exit $?"
echo "damaged ones that are newer are told:"
touch -d 2026-01-03T00:00:00Z job/chk-6/_metadata
stateferry inspect --latest --json job | json .file
echo "a snapshot itself is what it is:"
stateferry inspect --latest --json job/chk-4 | json .file
