"""A page full of mistakes, and what must be said of each."""

PAGE = """\
# Mistakes

`stateferry convert --rule FILE`, `stateferry plans x`, `rules test --junitt x FILE` and `stateferry verify -z DIR`.
`stateferry convert -r FILE` is all right, `aws s3 sync --delet A B` and `rclone copi A B` are not.

```console
$ stateferry verify examples/whole/2.3.0-savepoint
10 files, 12.1 KiB: all there
lie in     …
$ stateferry verify examples/whole/2.3.0-savepoint
…
$ stateferry verify nowhere
```

```sh
stateferry verify examples/whole/nothing
rclone copy --files-form list old: new:
stateferry dump --json examples/snapshots/2.3.0-inc | jq '.[ | x'
gsutil cp a b
cp --recursively a b
stateferry explain E-RULE-EXPECT | (
cmake --preset fast
scripts/test.sh --faster
scripts/tests.sh
stateferry convert --plugin-dir acme --dri x
```

```text
stateferry move SNAPSHOT DST [--ass NAME]
```

```text
stateferry adopt job/chk-2
was in     file:/data/job
```

    stateferry inspect x

```bash
stateferry inspect x
```

```yaml
- {id: move, uses: uri.replace-prefix, with: {form: "s3://a", to: "s3://b"}}
```

```yaml
remote: {}
```

```console
stateferry inspect x
```
"""

# The line of the page, and a part of what must be said. No more and no less.
EXPECTED = [
    (3, "'convert' has no option --rule"),
    (3, "there is no command 'plans'"),
    (3, "'rules test' has no option --junitt"),
    (3, "'verify' has no option -z"),
    (4, "'aws s3 sync' has no option --delet"),
    (4, "rclone has no command copi"),
    (7, "said something else"),
    (12, "ended with 66"),
    (16, "ended with 66"),
    (17, "rclone copy has no option --files-form"),
    (18, "jq: "),
    (19, "nothing here knows 'gsutil'"),
    (20, "cp has no option --recursively"),
    (21, "no shell"),
    (22, "there is no preset fast"),
    (23, "scripts/test.sh has no option --faster"),
    (24, "there is no scripts/tests.sh"),
    (25, "'convert' has no option --dri"),
    (29, "'move' has no option --ass"),
    (34, "a session that isn't run"),
    (37, "code by indentation"),
    (40, "nothing here knows blocks of 'bash'"),
    (44, "ended with 78"),
    (48, "ended with 2"),
    (52, "a session begins with"),
]


def differences(problems, name):
    """What was not found, and what was found and isn't expected."""
    left = [problem.split("\n")[0].removeprefix(name + ":") for problem in problems]
    for line, part in EXPECTED:
        found = [problem for problem in left if problem.startswith(f"{line}: ") and part in problem]
        if found:
            left.remove(found[0])
        else:
            yield f"not found: line {line}, {part}"
    for problem in left:
        yield f"found and not expected: {problem}"
