# What the system's loader opened, as it tells itself.
LD_DEBUG=files stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new 2>&1 | grep -oE 'stateferry_[a-z]+_[a-z0-9]+\.so' | sort -u
