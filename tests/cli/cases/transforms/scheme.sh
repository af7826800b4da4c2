rules <<'E'
steps: [{id: s3a, uses: uri.scheme, with: {from: s3, to: s3a}, expect: {unmatched: 0}}]
E
stateferry convert -r rules.yaml snapshots/2.3.0-merge-inc/_metadata new
locations new | cut -d / -f 1-3 | sort | uniq -c | sed 's/^ *//'
