# One that nobody needs doesn't stop a run; the list says why it was refused.
mkdir plugins
echo "not a library" >plugins/stateferry_transform_acme.so
stateferry -q convert "${move[@]}" --plugin-dir plugins snapshots/1.9.3-heap new
stateferry plugins list --plugin-dir plugins >/dev/null
