# Modes of files and directories are those of the source, whatever the umask.
incremental_checkpoint
umask 027
chmod 600 old/chk-2/* old/shared/*
chmod 644 old/chk-2/_metadata
chmod 700 old/shared
chmod 755 old/chk-2
chmod 711 old
stateferry -q move old/chk-2 new
find new -type d -exec stat -c '%a %n' {} + | sort
find new -type f -exec stat -c %a {} + | sort | uniq -c | sed 's/^ *//'
stat -c %a new/chk-2/_metadata
stateferry -q self-contain --as . old/chk-2 deep/one
stat -c %a deep deep/one/_metadata
