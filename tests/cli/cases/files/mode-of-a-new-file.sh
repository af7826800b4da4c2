# As any new file: what the umask leaves.
umask 027
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new
stat -c '%a %n' new
