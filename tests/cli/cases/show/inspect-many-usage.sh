# What can't be told of several, each with its exit code.
said stateferry inspect --base-uri s3://b/x snapshots/2.3.0-inc snapshots/1.9.3-inc
said stateferry inspect snapshots/2.3.0-inc snapshots/2.3.0-inc/_metadata
said stateferry inspect --jsonl snapshots/2.3.0-inc snapshots/1.9.3-inc
said stateferry inspect snapshots/2.3.0-inc nowhere
said stateferry inspect --json snapshots/2.3.0-inc - <snapshots/1.9.3-inc/_metadata | json .snapshots.1.file .file-count
