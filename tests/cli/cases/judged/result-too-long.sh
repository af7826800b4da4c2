rules <<E
steps: [{id: long, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://bucket-new/$(printf 'x%.0s' {1..65500})"}}]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new 2>&1 | cut -c 1-200
