# A file: URI is a local path, in all spellings.
stateferry inspect "file://$PWD/snapshots/2.3.0-heap" | sed -n 4,5p
stateferry inspect "file:$PWD/snapshots/2.3.0-heap/_metadata" | sed -n 4,5p
