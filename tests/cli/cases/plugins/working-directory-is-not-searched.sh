cp "$(dirname "$(command -v stateferry)")/../lib/stateferry/plugins/stateferry_codec_v6.so" stateferry_codec_v98.so
stateferry plugins list --json | count v98
