# What only makes sense with a page, and what doesn't with one.
told() {
  stateferry inspect "$@" </dev/null 2>&1
  echo "exit $?"
}
told --force snapshots/2.3.0-inc
told snapshots/2.3.0-inc snapshots/2.3.0-merge-inc
told --json --html page.html snapshots/2.3.0-inc
told --files --html page.html snapshots/2.3.0-inc
told --html page.html snapshots/2.3.0-inc ./snapshots/2.3.0-inc/_metadata
told --html page.html --base-uri s3://b/x snapshots/2.3.0-inc snapshots/2.3.0-merge-inc
stateferry inspect --html other.html - <snapshots/2.3.0-inc/_metadata 2>&1
stateferry inspect --html other.html --base-uri s3://bucket/chk-2 - <snapshots/2.3.0-inc/_metadata 2>&1
page other.html | json .snapshots.0.base
