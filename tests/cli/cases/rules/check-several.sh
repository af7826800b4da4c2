# The exit code is that of the first problem in the first file that has one.
printf 'rules: 1\nsteps: []\n' >old.yaml
stateferry rules check samples/bucket-to-bucket.yaml old.yaml nowhere.yaml
