# Names can't forge entries of the list; with --print0 they are exact, and can be piped.
python3 "$TOOLS/../support/make_snapshot.py" job 3
touch $'job/shared/a\nfile:forged' job/shared/b $'job/shared/\e[2J'
stateferry orphans --older-than 0 --root job job/chk-1 | LC_ALL=C sort
stateferry orphans --older-than 0 --root job job/chk-1 --print0 2>/dev/null | LC_ALL=C sort -z | tr '\0\n' '|?' | cat -v
echo
stateferry orphans --older-than 0 --root job job/chk-1 --print0 --json
