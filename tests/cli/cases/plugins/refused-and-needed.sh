mkdir plugins
echo "not a library" >plugins/stateferry_transform_acme.so
rules <<'E'
steps: [{id: a, uses: acme.something}]
E
stateferry convert -r rules.yaml --plugin-dir plugins snapshots/1.9.3-heap new
