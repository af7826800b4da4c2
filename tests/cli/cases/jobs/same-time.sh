# Of two that were written at one time, such as by a copy that keeps no times, the higher number.
a_job
touch -d 2026-02-02T00:00:00Z job/chk-{1,4,5}/_metadata job/savepoint-b9888f/_metadata
stateferry inspect --latest --json job | json .file
mv job/chk-5 job/chk-10
stateferry inspect --latest --json job | json .file
