#include "support/completion.hpp"

namespace stateferry::cli {
namespace {

constexpr std::string_view kBash = R"sh(# bash completion for stateferry: source it, or put it into
# ~/.local/share/bash-completion/completions/stateferry
_stateferry() {
  local line=${COMP_LINE:0:COMP_POINT} typed words=() answers=() text head
  typed=${line##*[[:blank:]]}
  read -ra words <<<"$line"
  [[ -n $typed ]] || words+=('')
  mapfile -t answers < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  # Bash completes what stands behind the last : or = of a word.
  head=${typed%"${typed##*[:=]}"}
  COMPREPLY=()
  for text in "${answers[@]:1}"; do
    text=${text%%$'\t'*}
    # Only what needs no quotes: what is typed then is what is read.
    [[ $text == *[!A-Za-z0-9_.,:=/@+%-]* ]] && text=$(printf %q "$text")
    COMPREPLY+=("${text#"$head"}")
  done
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  case ${answers[0]-} in
    :files) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${typed#"$head"}") ;;
    :directories) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "${typed#"$head"}") ;;
  esac
}
complete -F _stateferry stateferry
)sh";

constexpr std::string_view kZsh = R"sh(#compdef stateferry
# zsh completion for stateferry: put it as _stateferry into a folder of $fpath
_stateferry() {
  local -a answers candidates
  local line text meaning
  answers=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)answers[2,-1]}"; do
    text=${line%%$'\t'*}
    meaning=${line#"$text"}
    candidates+=("${text//:/\\:}${meaning:+:${meaning#$'\t'}}")
  done
  (( ${#candidates} )) && _describe -t candidates stateferry candidates -S ' '
  case ${answers[1]-} in
    :files) _files ;;
    :directories) _files -/ ;;
  esac
}
if [[ ${funcstack[1]-} == _stateferry ]]; then
  _stateferry "$@"
else
  (( $+functions[compdef] )) && compdef _stateferry stateferry
fi
)sh";

constexpr std::string_view kFish =
    R"sh(# fish completion for stateferry: put it into ~/.config/fish/completions/stateferry.fish
function __stateferry_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l answers ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
    for answer in $answers[2..-1]
        echo $answer
    end
    switch "$answers[1]"
        case :files
            __fish_complete_path "$typed"
        case :directories
            __fish_complete_directories "$typed"
    end
end
complete -c stateferry -f -a '(__stateferry_complete)'
)sh";

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return {};
}

}  // namespace stateferry::cli
