# That of the input, whatever the umask; from stdin what the umask leaves.
umask 027
chmod 604 snapshots/2.3.0-inc/_metadata
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
stateferry -q convert "${move[@]}" - new2 <snapshots/2.3.0-inc/_metadata
stat -c '%a %n' new new2
