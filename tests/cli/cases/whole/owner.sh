# Owners are kept where stateferry runs as root; else the run says that they are not.
((EUID == 0)) || skip "only root can give files away"
incremental_checkpoint
chown -R 4711:4712 old
chmod -R o=,g=rX old
stateferry -q move old/chk-2 new
find new -exec stat -c '%u:%g' {} + | sort -u
setpriv --bounding-set=-chown stateferry move old/chk-2 mine
setpriv --bounding-set=-chown stateferry move old/chk-2 again --json | json .access-not-kept
find mine -type f -exec stat -c '%u:%g %a' {} + | sort -u
