# convert takes the newest of a job's directory as the others do, and says what is in it without --latest.
a_job
stateferry convert --reencode job new
echo "exit $?" >&2
stateferry convert --reencode --latest job new
cmp new/_metadata job/chk-1/_metadata && echo "chk-1"
stateferry -q convert --reencode --latest --in-place job
ls job/chk-1
