# Absolute and back: the same bytes, and a second run has nothing to do.
directory='s3://bucket-old/flink/sp'
rules <<'R'
steps: [{id: absolute, uses: handle.absolutize}]
R
stateferry -q convert -r rules.yaml --base-uri "$directory" snapshots/2.3.0-heap/_metadata absolute
rules <<'R'
steps: [{id: relative, uses: handle.relativize, expect: {unmatched: 0}}]
R
stateferry convert -r rules.yaml --base-uri "$directory" --diff absolute relative | sed -n 1,4p
cmp relative snapshots/2.3.0-heap/_metadata && echo "the same"
stateferry convert -r rules.yaml --base-uri "$directory" relative again
