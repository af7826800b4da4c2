#!/usr/bin/env python3
"""Copies a file of more than 5 GiB, which S3 copies in parts only, between two buckets of a real S3 server.

usage: large.py --binary PATH --work FOLDER

The file is sparse; the server writes its copy, so 6 GiB have to be free. Nothing of it may go through this machine:
the server's own log has no GetObject, and the peak of memory is small. Prints passed=N failed=N skipped=N.
"""

import argparse
import collections
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

from server import KEY, SECRET, Server, server_program

SIZE = (5 << 30) + (1 << 20)


def ends(path):
    with open(path, "rb") as file:
        begin = file.read(5)
        file.seek(-3, os.SEEK_END)
        return begin, file.read()


def copy_large(binary, server, folder):
    """Raises AssertionError when something is not as it should be."""
    source = server.bucket("bucket-old") / "job" / "large"
    server.bucket("bucket-new")
    source.parent.mkdir()
    with open(source, "wb") as file:
        file.write(b"begin")
        file.seek(SIZE - 3)
        file.write(b"end")
    config, plan = folder / "config.yaml", folder / "plan.csv"
    config.write_text(
        f"remotes:\n  s3: {{provider: Other, region: us-east-1, endpoint: 'http://127.0.0.1:{server.port}'}}\n")
    plan.write_text("source,target,bytes,at-least,offset,length,role,operator,handles\n"
                    f"s3://bucket-old/job/large,s3://bucket-new/there/large,{SIZE},,,,,,\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_ACCESS_KEY_ID": KEY,
                   "AWS_SECRET_ACCESS_KEY": SECRET}
    done = subprocess.run([binary, "copy", plan, "--config", config], env=environment, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    target = server.folder / "bucket-new" / "there" / "large"
    assert target.stat().st_size == SIZE
    assert ends(target) == (b"begin", b"end")
    asked = collections.Counter(re.findall(r" s3_(\w+) ", server.log.read_text()))
    assert asked["UploadPartCopy"] > 1 and asked["CompleteMultipartUpload"] == 1, asked
    assert asked["GetObject"] == 0 and asked["UploadPart"] == 0, asked
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert peak < 256, f"{peak:.0f} MiB"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=os.path.abspath, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    program = server_program(options.work.resolve())
    failed = 0
    with tempfile.TemporaryDirectory(prefix="stateferry-large-", dir=options.work) as name:
        folder = pathlib.Path(name)
        server = Server(program, folder / "buckets", folder / "requests")
        try:
            copy_large(options.binary, server, folder)
        except AssertionError as error:
            failed = 1
            print(f"FAILED a file of more than 5 GiB: {error}")
        finally:
            server.stop()
    print(f"passed={1 - failed} failed={failed} skipped=0")
    sys.exit(failed)


if __name__ == "__main__":
    main()
