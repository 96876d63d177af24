/**
 * What a shell needs to complete `sitewarden`: a function that asks the program itself, by `completion <shell> --` and the
 * words up to the cursor. So commands, options and names are those of the installed version and of the configuration.
 */
const bash = `_sitewarden() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o bashdefault -o default -F _sitewarden sitewarden
`;

const zsh = `#compdef sitewarden
_sitewarden() {
  local -a candidates
  candidates=("\${(@f)$(sitewarden completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${candidates[1]}" ]]; then
    _describe sitewarden candidates
  else
    _files
  fi
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _sitewarden "$@"
else
  compdef _sitewarden sitewarden
fi
`;

const fish = `function __sitewarden_candidates
  set -l words (commandline -opc)
  set -e words[1]
  sitewarden completion fish -- $words (commandline -ct) 2>/dev/null
end
complete -c sitewarden -f -a '(__sitewarden_candidates)'
`;

export const completionScripts = { bash, zsh, fish } as const;

export type Shell = keyof typeof completionScripts;

export const shells = Object.keys(completionScripts) as readonly Shell[];
