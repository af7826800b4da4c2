# Two arguments in the wrong order.
stateferry convert -r snapshots/2.3.0-inc/_metadata samples/bucket-to-bucket.yaml new
