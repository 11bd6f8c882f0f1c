"""The shells of the labs' terminals: bash, zsh, fish and sh, each with its own quoting and start-up files."""

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandboxes.host.atomic_write import write_whole

SH, FISH = "sh", "fish"
# Each shell that has start-up files of its own here; those of `sh` do for the others that read $ENV.
KNOWN = {"bash": "bash", "zsh": "zsh", "fish": FISH, "sh": SH, "dash": SH, "ash": SH, "ksh": SH, "mksh": SH}

BASH = """\
[ -f ~/.bashrc ] && . ~/.bashrc
unalias kubectl docker slipway 2>/dev/null
{lines}
PS1={label}"${{PS1-\\$ }}"
"""
# A person's .zshenv may set ZDOTDIR itself; ours is needed until zsh has read our .zshrc.
ZSHENV = """\
ZDOTDIR={home}
[ -f {home}/.zshenv ] && . {home}/.zshenv
__slipway_zdotdir=$ZDOTDIR
ZDOTDIR={folder}
"""
ZSH = """\
ZDOTDIR=$__slipway_zdotdir
[ -f "$ZDOTDIR/.zshrc" ] && . "$ZDOTDIR/.zshrc"
unalias kubectl docker slipway 2>/dev/null
{lines}
PROMPT={label}"${{PROMPT-%# }}"
"""
FISH_START = """\
functions --erase kubectl docker slipway 2>/dev/null
{lines}
functions --query fish_prompt; and functions --copy fish_prompt __slipway_prompt
function fish_prompt
    printf '%s' {label}
    functions --query __slipway_prompt; and __slipway_prompt; or printf '> '
end
"""
PLAIN = """\
{lines}
PS1={label}"${{PS1-\\$ }}"
"""


def kind(program: str) -> str:
    """Return which of bash, zsh, fish and sh a shell is like, by the name of its program; empty for another shell."""
    return KNOWN.get(Path(program).name.lstrip("-").lower(), "")


def calling(environ: Mapping[str, str]) -> str:
    """Return the shell that runs this command: the one it was started from or, where that is unknown, `$SHELL`."""
    import psutil

    try:
        parent = kind(psutil.Process(os.getppid()).name())
    except psutil.Error:
        parent = ""
    return parent or kind(environ.get("SHELL", "")) or SH


def quote(text: str, shell: str) -> str:
    """Return a text as one literal word of a shell."""
    if shell != FISH:
        return shlex.quote(text)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def lines(variables: Mapping[str, str], removed: Iterable[str], shell: str) -> str:
    """Return the commands that set and remove variables, to be evaluated by the shell.

    Each ends with a semicolon: `eval` in fish joins the lines of a command substitution with blanks.
    """
    unset, assign = ("set -e {};", "set -gx {} {};") if shell == FISH else ("unset {};", "export {}={};")
    commands = [unset.format(name) for name in removed]
    commands += [assign.format(name, quote(value, shell)) for name, value in variables.items()]
    return "\n".join(commands)


def start(program: str, label: str, commands: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Write the start-up files of a shell. Return the command that starts it, and the variables that the files need.

    The shell reads the person's own files first, then runs `commands` (as `lines` returns them) and puts `label` in front
    of its prompt. Another shell than those of KNOWN starts as it is.
    """
    shell = kind(program)
    home = os.environ.get("ZDOTDIR") or str(Path.home())
    filled = {"lines": commands, "label": quote(label, shell), "home": shlex.quote(home), "folder": shlex.quote(str(folder))}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    match shell:
        case "bash":
            path = _write(folder / "bashrc", BASH, filled)
            return [program, "--rcfile", str(path), "-i"], {}
        case "zsh":
            _write(folder / ".zshenv", ZSHENV, filled)
            _write(folder / ".zshrc", ZSH, filled)
            return [program, "-i"], {"ZDOTDIR": str(folder)}
        case "fish":
            path = _write(folder / "start.fish", FISH_START, filled)
            return [program, "--interactive", "--init-command", f"source {quote(str(path), shell)}"], {}
        case "sh":
            path = _write(folder / "shrc", PLAIN, filled)
            # Such a shell expands the value of ENV before it reads the file.
            return [program, "-i"], {"ENV": re.sub(r"([\\$`])", r"\\\1", str(path))}
    return [program], {}


def _write(path: Path, template: str, filled: Mapping[str, str]) -> Path:
    write_whole(path, template.format(**filled), 0o600)
    return path
