# The sample has an expectation, so not one byte comes out of a run that doesn't meet it.
stateferry convert -r samples/bucket-to-bucket.yaml - - <snapshots/1.9.3-heap/_metadata 2>/dev/null | wc -c
