# What would hit every file is said before the first is copied.
python3 "$TOOLS/../support/make_snapshot.py" job 3 --no-data
python3 - <<'PYTHON'
import pathlib, struct
# Files of eight exabytes in all can't be there: the sizes in the metadata are made to say so, and sparse files to agree.
metadata = pathlib.Path("job/chk-1/_metadata")
data = metadata.read_bytes()
huge = 1 << 43
for i in range(3):
    name = f"{i:06}-c45c587f-98ad-4833-9a39-f15ba614f5d1"
    at = data.index(name.encode())
    start = data.rindex(b"\x02", 0, data.rindex(b"file:", 0, at) - 2 - 8 + 1)
    data = data[:start + 1] + struct.pack(">q", huge) + data[start + 9:]
    path = pathlib.Path("job/shared") / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(huge)
metadata.write_bytes(data)
PYTHON
stateferry move job/chk-1 new 2>&1 | sed -E 's/has [0-9,]+ left/has N left/'
ls
touch file
stateferry move snapshots/2.3.0-inc file/below
