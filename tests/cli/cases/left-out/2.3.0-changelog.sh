# The rules cover every location but one: it is named, and nothing is written.
left=$(locations snapshots/2.3.0-changelog | sort -u | awk '
  {all[NR] = $0}
  END {
    for (i = NR; i > 0; --i) {
      covered = 0
      for (j = 1; j <= NR; ++j) if (i != j && index(all[i] "/", all[j] "/") == 1) covered = 1
      if (!covered) {print all[i]; exit}
    }
  }')
{
  echo 'steps: [{id: exact, uses: uri.map-prefix, with: {map: {'
  locations snapshots/2.3.0-changelog | sort -u | grep -vxF "$left" | sed -E 's,^s3://bucket-old/(.*)$,"s3://bucket-old/\1": "s3://bucket-new/\1"\,,'
  echo '}}}]'
} | rules
mkdir new
stateferry convert -r rules.yaml snapshots/2.3.0-changelog new 2>said
code=$?
cat said >&2
grep -qF "$left  (" said && echo "named"
ls -A new
exit "$code"
