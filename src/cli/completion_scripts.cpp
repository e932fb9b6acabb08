// What a shell needs to ask us for the words: the scripts know no command by name.

#include "cli/commands.hpp"

#include <fmt/core.h>

#include <string_view>

namespace leakbisect::cli {
namespace {

constexpr std::string_view bash_script = R"script(# bash completion of leakbisect
_leakbisect() {
  local line current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current") ;;
      :folders) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("$1" complete-words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o filenames -F _leakbisect leakbisect
)script";

constexpr std::string_view zsh_script = R"script(#compdef leakbisect
# zsh completion of leakbisect
_leakbisect() {
  local line word
  local -a described
  while IFS= read -r line; do
    case $line in
      (:files) _files ;;
      (:folders) _files -/ ;;
      (*)
        word=${line%%$'\t'*}
        described+=("${word//:/\\:}:${line#*$'\t'}") ;;
    esac
  done < <("${(Q)words[1]}" complete-words "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#described )) && _describe -V leakbisect described
}
if [[ $funcstack[1] == _leakbisect ]]; then _leakbisect "$@"; else compdef _leakbisect leakbisect; fi
)script";

constexpr std::string_view fish_script = R"script(# fish completion of leakbisect
function __leakbisect_words
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  test (count $current) -eq 0; and set current ''
  for line in ($words[1] complete-words $words[2..-1] $current 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path $current
      case ':folders'
        __fish_complete_directories $current
      case '*'
        echo $line
    end
  end
end
complete -c leakbisect -f -a '(__leakbisect_words)'
)script";

}  // namespace

int print_completion(const CompletionOptions& options) {
  const std::string_view script = options.shell == "bash"  ? bash_script
                                  : options.shell == "zsh" ? zsh_script
                                                           : fish_script;
  fmt::print("{}", script);
  return 0;
}

}  // namespace leakbisect::cli
