mkdir plugins
cp "$(dirname "$(command -v stateferry)")/../lib/stateferry/plugins/stateferry_codec_v6.so" plugins/stateferry_codec_v99.so
chmod 777 plugins
stateferry plugins list --plugin-dir plugins >/dev/null
