# A scheme that the configuration gives for one host alone.
printf 'remotes:\n  sftp://a.example: {user: ferry}\n' >config.yaml
stateferry verify --config config.yaml sftp://b.example/data/x
