# What shows the body, data in flight of Flink 1.11, stands behind more than what is written at once.
golden=$TOOLS/../../plugins/codecs/v3/golden
python3 -I -S - "$golden/ckpt-heap-chk1.v3-1.13.6.bin" "$golden/generated-all.v3-1.11.6.bin" >old <<'P'
import struct, sys

def operators(path):
    """(what stands in front of the operators, how many there are, all of them)"""
    data = open(path, "rb").read()
    at = 20
    for _ in range(struct.unpack_from(">i", data, 16)[0]):
        at += 8 + struct.unpack_from(">i", data, at + 4)[0]
    return data[:at], struct.unpack_from(">i", data, at)[0], data[at + 4:]

head, count, common = operators(sys.argv[1])
_, older, last = operators(sys.argv[2])
times = 3_000_000 // len(common)
sys.stdout.buffer.write(head + struct.pack(">i", count * times + older) + common * times + last)
P
rules <<'R'
output: {untouched-uris: allow}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bkt", to: "s3://another-bucket"}}]
R
stateferry -q convert -r rules.yaml --record record old file
json .verified <record
[[ -s file && $(json .output.sha256 <record) == $(sha256sum <file | cut -c 1-64) ]] && echo "digest"
stateferry -q convert -r rules.yaml - - <old | cmp - file && echo "pipe"
stateferry -q convert -r rules.yaml --reencode old tree
cmp tree file && echo "tree"
