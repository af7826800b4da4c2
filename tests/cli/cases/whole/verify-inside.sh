# A copy whose handles name the old place is complete, and yet no copy.
incremental_checkpoint
cp -r old copy
stateferry verify copy/chk-2
stateferry move copy/chk-2 new/place --dry-run 2>&1 | head -2
rm copy/shared/*
stateferry verify copy/chk-2 --inside copy | cut -c 1 | sort | uniq -c | tr -d ' '
echo "exit ${PIPESTATUS[0]}"
stateferry verify --json copy/chk-2 --inside copy | json .ok .missing .elsewhere .looks-copied .roots.0.uri .roots.0.files .roots.1.uri .roots.1.files
stateferry verify old/chk-2 --inside . -q
