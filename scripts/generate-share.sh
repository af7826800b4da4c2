#!/usr/bin/env bash
# Writes what is installed below share/ and made from the binary: manual pages and completion for shells.
#   generate-share.sh STATEFERRY DIR
# Leaves behind: DIR/man/man1, DIR/bash-completion, DIR/zsh, DIR/fish.
set -euo pipefail
(($# == 2)) || { echo "usage: scripts/generate-share.sh STATEFERRY DIR" >&2 && exit 2; }
binary=$1 share=$2
bash_folder=$share/bash-completion/completions
zsh_folder=$share/zsh/vendor-completions
fish_folder=$share/fish/vendor_completions.d
# It runs while it is built, also in builds with sanitizers, where nobody looks for leaks of a single page.
export ASAN_OPTIONS=detect_leaks=0
mkdir -p "$share/man/man1" "$bash_folder" "$zsh_folder" "$fish_folder"

"$binary" completion bash >"$bash_folder/stateferry"
"$binary" completion zsh >"$zsh_folder/_stateferry"
"$binary" completion fish >"$fish_folder/stateferry.fish"

# The commands below a line of words, which completion knows.
commands_below() { "$binary" __complete "$@" '' | sed -n '1{/^:$/!q};1!p' | cut -f1; }

"$binary" __man >"$share/man/man1/stateferry.1"
for command in $(commands_below); do
  "$binary" __man "$command" >"$share/man/man1/stateferry-$command.1"
  case $command in
    rules | plugins | config)
      for below in $(commands_below "$command"); do
        "$binary" __man "$command" "$below" >"$share/man/man1/stateferry-$command-$below.1"
      done
      ;;
  esac
done
