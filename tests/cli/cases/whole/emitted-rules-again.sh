# What an earlier run has left before it failed is no obstacle; another file is.
incremental_checkpoint
mkdir new && mkdir new/chk-2 && echo other >new/chk-2/_metadata
stateferry move -q --emit-rules rules.yaml old/chk-2 new 2>/dev/null || echo "failed: $?"
cp rules.yaml first
rm -r new
stateferry move -q --emit-rules rules.yaml old/chk-2 new && cmp first rules.yaml && echo "the same command goes on"
rm -r new
echo "# changed" >>rules.yaml
stateferry move -q --emit-rules rules.yaml old/chk-2 new
