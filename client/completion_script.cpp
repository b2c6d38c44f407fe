// SPDX-License-Identifier: Apache-2.0
#include "client/completion_script.hpp"

namespace isag {
namespace {

// bash breaks words at ':' and '=', so they are put together again by the line, and only what is behind the last break
// is answered.
constexpr const char* bash_script = R"script(# isag's completion for bash; in ~/.bashrc: source <(isag completion bash)
_isag() {
    local words=() word rest=$COMP_LINE before
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        before=${rest%%"$word"*}
        if [[ -n $word && -z $before && ${#words[@]} -gt 0 ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#*"$word"}
    done
    local current=${words[${#words[@]} - 1]} part=${COMP_WORDS[COMP_CWORD]} files=
    [[ $part != *[!:=]* ]] && part=
    before=${current%"$part"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        if [[ $word == :files ]]; then
            files=1
        elif [[ -n $word ]]; then
            COMPREPLY+=("${word#"$before"}")
        fi
    done < <(command isag completion words -- "${words[@]:1}" 2>/dev/null)
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$part")
    fi
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _isag isag
)script";

constexpr const char* zsh_script = R"script(#compdef isag
# isag's completion for zsh: in a folder of $fpath as _isag, or in ~/.zshrc behind compinit: source <(isag completion zsh)
_isag() {
    local line word files=
    local -a plain shown places
    for line in "${(@f)$(command isag completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        word=${line%%$'\t'*}
        if [[ $word == :files ]]; then
            files=1
        elif [[ $word == *: ]]; then
            places+=("$word")
        elif [[ -n $word ]]; then
            plain+=("$word")
            [[ $line == *$'\t'* ]] && shown+=("$word  -- ${line#*$'\t'}") || shown+=("$word")
        fi
    done
    (( $#plain )) && compadd -l -d shown -a plain
    (( $#places )) && compadd -S '' -a places
    if [[ -n $files ]]; then
        compset -P '--*='
        _files
    fi
    return 0
}
if [[ $funcstack[1] == _isag ]]; then
    _isag "$@"
else
    compdef _isag isag
fi
)script";

constexpr const char* fish_script =
    R"script(# isag's completion for fish: isag completion fish > ~/.config/fish/completions/isag.fish
function __isag_words
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -e words[1]
    for line in (command isag completion words -- $words "$current" 2>/dev/null)
        if test "$line" = ":files"
            set -l option (string match -r '^--[^=]*=' -- "$current")
            for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
                echo "$option$path"
            end
        else
            echo $line
        end
    end
end
complete -c isag -f -a '(__isag_words)'
)script";

}  // namespace

std::optional<std::string> completion_script(const std::string& shell) {
    if (shell == "bash") return bash_script;
    if (shell == "zsh") return zsh_script;
    if (shell == "fish") return fish_script;
    return std::nullopt;
}

}  // namespace isag
