mkdir plugins
cp "$(dirname "$(command -v stateferry)")/../lib/stateferry/plugins/stateferry_codec_v6.so" plugins
stateferry inspect --plugin-dir plugins snapshots/2.3.0-inc
