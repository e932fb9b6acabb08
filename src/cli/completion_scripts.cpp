// What a shell needs to ask us for the words: the scripts know no command by name.

#include "cli/commands.hpp"

#include <fmt/core.h>

#include <string_view>

namespace leakbisect::cli {
namespace {

constexpr std::string_view bash_script = R"script(# bash completion of leakbisect
_leakbisect() {
  local line word current=${COMP_WORDS[COMP_CWORD]}
  local -a words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do  # "--off=ads" comes as three words
    [[ $word == = ]] || words+=("$word")
  done
  [[ $current != = ]] || current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current") ;;
      :folders) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${1/#\~\//$HOME/}" complete-words "${words[@]}" "$current" 2>/dev/null)
}
complete -o filenames -F _leakbisect leakbisect
)script";

constexpr std::string_view zsh_script = R"script(#compdef leakbisect
# zsh completion of leakbisect
_leakbisect() {
  local line word meaning
  local -a described line_words=("${(@Q)words[2,CURRENT-1]}")
  [[ $PREFIX != --*=* ]] || line_words+=("${PREFIX%%=*}")
  compset -P '--*='
  while IFS= read -r line; do
    case $line in
      (:files) _files ;;
      (:folders) _files -/ ;;
      (*)
        word=${line%%$'\t'*} meaning=${line#*$'\t'}
        described+=("${word//:/\\:}${meaning:+:$meaning}") ;;
    esac
  done < <("${(Q)words[1]/#\~\//$HOME/}" complete-words "${line_words[@]}" "${(Q)PREFIX}" 2>/dev/null)
  (( $#described )) && _describe -V leakbisect described
}
if [[ $funcstack[1] == _leakbisect ]]; then _leakbisect "$@"; else compdef _leakbisect leakbisect; fi
)script";

constexpr std::string_view fish_script = R"script(# fish completion of leakbisect
function __leakbisect_words
  set -l words (commandline -opc)
  set -l current (string unescape -- (commandline -ct | string trim -l -c "'\""))
  test (count $current) -eq 0; and set current ''
  set -l option ''
  set -l split (string match -r -- '^(--[^=]+)=(.*)$' $current)
  if test (count $split) -eq 3
    set -a words $split[2]
    set option $split[2]=
    set current $split[3]
  end
  set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
  command -q $program; or return
  for line in ($program complete-words $words[2..-1] $current 2>/dev/null)
    switch $line
      case ':files'
        printf '%s\n' $option(__fish_complete_path $current)
      case ':folders'
        printf '%s\n' $option(__fish_complete_directories $current)
      case '*'
        echo $option$line
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
