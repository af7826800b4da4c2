#!/usr/bin/env bash
# Whose plugins are loaded: the binary of a build and copies of its tree, owned and run by several users, with umask 002.
#   run.sh BUILD PLUGIN      PLUGIN is a transform plugin that doesn't lie in the build's own folder of plugins
# Only root can be several users; anyone else sees what happens to trees of their own. Works in a temporary folder and
# leaves nothing behind.
set -euo pipefail

build=$(cd "$1" && pwd)
plugin=$(realpath "$2")
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
unset STATEFERRY_PLUGIN_PATH

fail() {
  echo "FAILED: $*"
  exit 1
}

# Runs a command as UID:GID, or as us.
as() {
  local who=$1
  shift
  if [[ $who == us ]]; then
    env HOME=/nonexistent "$@"
  else
    setpriv --reuid="${who%:*}" --regid="${who#*:}" --clear-groups env HOME=/nonexistent "$@"
  fi
}

# A copy of the build tree, as UID:GID would have made it with this umask.
tree() {
  local name=$1 owner=$2 mask=$3
  mkdir -p "$name/lib/stateferry" "$name/bin" "$name/more"
  cp "$build/bin/stateferry" "$name/bin"
  cp -P "$build"/lib/libstateferry.so* "$name/lib"
  cp -r "$build/lib/stateferry/plugins" "$name/lib/stateferry"
  cp "$plugin" "$name/more"
  [[ $owner == us ]] || chown -R "$owner" "$name"
  chmod -R u=rwX,go=rX "$name"
  [[ $mask == 022 ]] || chmod -R g+w "$name"
}

# Whether all plugins of a list are taken, and those of the formats are among them.
takes() {
  local what=$1
  shift
  "$@" plugins list >said 2>complaints || { cat complaints && fail "$what: exit code"; }
  grep -q 'stateferry_codec_v7\.so' said || { cat said && fail "$what: the codecs are missing"; }
  [[ ! -s complaints ]] || { cat complaints && fail "$what: something was refused"; }
}

# Whether something is refused with these texts.
refuses() {
  local what=$1 text=$2 help=$3
  shift 3
  "$@" plugins list >said 2>complaints || { cat complaints && fail "$what: exit code"; }
  grep -qF -- "$text, so nothing is loaded from it [E-PLUGIN-UNSAFE]" complaints ||
    { cat said complaints && fail "$what: it doesn't say: $text"; }
  grep -qF -- "help: $help" complaints || { cat complaints && fail "$what: it doesn't help with: $help"; }
}

# What anyone can try, on trees of their own.
as_ourselves() {
  local stateferry=$work/ours/bin/stateferry
  tree ours us 002
  takes "our own tree, made with umask 002" as us "$stateferry"
  takes "a folder of ours in it" as us "$stateferry" --plugin-dir ours/more
  chmod o+w ours/more
  refuses "a folder that all may write" "$work/ours/more: warning: every user may write here" \
    "chmod o-w $work/ours/more" as us "$stateferry" --plugin-dir ours/more
  chmod o-w ours/more
  mkdir -p ours/open/inner && cp ours/more/* ours/open/inner
  ln -s open/inner ours/link
  takes "a link to a folder of ours" as us "$stateferry" --plugin-dir ours/link
  chmod o+w ours/open
  refuses "a link to a folder below one that all may write" "$work/ours/open: warning: every user may write here" \
    "chmod o-w $work/ours/open" as us "$stateferry" --plugin-dir ours/link
  chmod o-w ours/open
  mkfifo ours/more/stateferry_codec_v99.so
  timeout 20 "$stateferry" plugins list --plugin-dir ours/more >said 2>complaints || fail "a pipe as a plugin"
  grep -qF 'no regular file' complaints || { cat complaints && fail "a pipe as a plugin was not refused"; }
}

as_several_users() {
  local stateferry=$work/installed/bin/stateferry random=54321:54321 daemon theirs
  daemon=$(id -u daemon):$(id -g daemon)
  theirs="warning: this belongs to user daemon (${daemon%:*})"
  tree installed 0:0 022
  tree random "$random" 002
  tree daemons "$daemon" 002
  tree shared "$(id -u daemon):100" 002
  mkdir sticky && chmod 1777 sticky && cp -rp daemons/more sticky/more

  takes "a user without an entry, in the own tree" as "$random" "$work/random/bin/stateferry"
  takes "the same with the group 0 of containers" as "${random%:*}:0" "$work/random/bin/stateferry"
  takes "a user with a private group, in the own tree" as "$daemon" "$work/daemons/bin/stateferry"
  takes "a user whose group is shared, in the own tree" as "$daemon" "$work/shared/bin/stateferry"
  takes "another user's executable" as "$random" "$work/daemons/bin/stateferry"
  takes "another user's executable, run by root" as 0:0 "$work/daemons/bin/stateferry"
  takes "the installed executable" as "$daemon" "$stateferry"
  takes "a folder of one's own" as "$daemon" "$stateferry" --plugin-dir daemons/more
  takes "the same below a sticky directory" as "$daemon" "$stateferry" --plugin-dir sticky/more

  refuses "another user's folder" "$work/daemons: $theirs" \
    "let it belong to root" as "$random" "$stateferry" --plugin-dir daemons/more
  refuses "another user's folder, for root" "$work/daemons: $theirs" \
    "let it belong to root" as 0:0 "$stateferry" --plugin-dir daemons/more
  refuses "another user's folder below a sticky directory" "$work/sticky/more: $theirs" \
    "let it belong to root" as 0:0 "$stateferry" --plugin-dir sticky/more
  refuses "another user's folder, from the variable" "$work/daemons: $theirs" \
    "let it belong to root" as 0:0 env STATEFERRY_PLUGIN_PATH="$work/daemons/more" "$stateferry"
  refuses "a shared group" "$work/shared: warning: group $(getent group 100 | cut -d: -f1) (100) may write here" \
    "chmod g-w $work/shared" as "$daemon" "$stateferry" --plugin-dir shared/more
}

as_ourselves
[[ $(id -u) != 0 ]] || as_several_users
echo "done"
