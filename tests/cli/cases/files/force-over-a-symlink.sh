# What the link had as permissions (all) is not what the file gets.
echo precious >old
ln -s old new
umask 022
stateferry -q convert "${move[@]}" --force snapshots/2.3.0-inc new
locations new | count '^s3://bucket-new/'
stat -L -c %a new
