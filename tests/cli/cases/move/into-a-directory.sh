# An existing directory gets a file _metadata.
mkdir new
stateferry convert "${move[@]}" snapshots/2.3.0-inc new
ls -A new
