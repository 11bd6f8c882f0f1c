"""The configuration of JupyterLab: complete here, independent of the learner's own Jupyter or IPython configuration.

Source of the names: the configuration pages of Jupyter Server, JupyterLab and jupyter_core.
"""

import json
import os
import secrets
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from sandboxes.cluster import lab_kubeconfig
from sandboxes.engine import endpoint
from sandboxes.engine.environment import SELECTING, clean, direct, selecting
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.jupyter import shells
from sandboxes.settings import Settings

SETTINGS = Path(__file__).parent / "settings"
# The built panel: JupyterLab reads it from here, so nothing has to be installed.
PANEL = Path(__file__).parent / "panel" / "labextensions"
# The longest path of a Unix socket, in bytes: 108 on Linux and 104 on macOS, with a zero at the end.
LONGEST_SOCKET = 103
KERNEL_SOCKET = "kernel-00000000-0000-0000-0000-000000000000-ipc-5"
# The server extension for the live view of a lab, by its name: this package uses no grader.
LIVE_VIEW = "checks.live"
OFF = ("JUPYTERHUB_API_TOKEN", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")
# What a person set for a Jupyter of their own, such as the folder of another JupyterLab's pages.
OWN_JUPYTER = ("JUPYTER_", "JUPYTERLAB_")
# Lets a notebook import the lab's modules, after those of the course: a file `checks.py` does not take their place.
FOLDER_LAST = "__import__('sys').path.append('')"
# Prepares the kernel of a lab, by its name: this package uses no grader.
PREPARE = "__import__('checks.notebook_kernel', fromlist=['prepare']).prepare(get_ipython())"


def folder(settings: Settings) -> Path:
    """Return the folder of JupyterLab's configuration, token, kernel and log."""
    return settings.state / "jupyter"


def token(settings: Settings) -> str:
    """Return the secret that authenticates a browser; created once, in a file that only its owner can read."""
    path = folder(settings) / "token"
    try:
        kept = read_text(path, 1024).strip()
    except (OSError, ValueError):
        kept = ""
    if not kept or path.stat().st_mode & 0o077:
        kept = secrets.token_urlsafe(16)
        write_whole(path, kept + "\n", 0o600)
    return kept


def write(settings: Settings, port: int) -> Path:
    """Write the configuration, kernel and shell start-up file. Returns the path of the configuration."""
    home = folder(settings)
    kernel = home / "share" / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    (kernel / "kernel.json").write_text(json.dumps(kernel_spec(), indent=1), encoding="utf-8")
    (home / "bashrc").write_text(shell_start(settings), encoding="utf-8")
    path = home / "config.json"
    write_whole(path, json.dumps(server_config(settings, port), indent=1), 0o600)
    return path


def server_config(settings: Settings, port: int) -> dict[str, Any]:
    """Return the server's configuration. It has the token: keep it in a private file."""
    home = folder(settings)
    bash = shutil.which("bash")
    shell = {"shell_command": [bash, "--rcfile", str(home / "bashrc")]} if bash else {}
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": port,
            "port_retries": 0,
            "open_browser": False,
            "allow_root": True,
            "root_dir": str(settings.work),
            "default_url": "/lab",
            "terminado_settings": shell,
            "jpserver_extensions": {"jupyterlab": True, "jupyter_server_terminals": True, LIVE_VIEW: True},
        },
        "TerminalsExtensionApp": {"terminal_manager_class": "sandboxes.jupyter.terminals.LabTerminals"},
        "IdentityProvider": {"token": token(settings)},
        "KernelManager": {"transport": transport(home / "runtime")},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
        "ContentsManager": {
            "allow_hidden": True,
            "hide_globs": ["__pycache__", "*.pyc", ".ipynb_checkpoints", ".DS_Store", "*~"],
        },
        "LabApp": {
            "app_settings_dir": str(SETTINGS),
            "extra_labextensions_path": [str(PANEL)],
            "user_settings_dir": str(home / "user-settings"),
            "workspaces_dir": str(home / "workspaces"),
            "extension_manager": "readonly",
            "news_url": None,
        },
    }


def transport(runtime: Path) -> str:
    """Return how the server talks to its kernels: "ipc", by sockets in the folder that only its owner may enter.

    Ports of the loopback address ("tcp") are open to all users of the machine. They are used where the path of a socket
    would be longer than systems allow.
    """
    return "ipc" if len(os.fsencode(runtime / KERNEL_SOCKET)) <= LONGEST_SOCKET else "tcp"


def kernel_spec() -> dict[str, Any]:
    """Return the kernel of the labs: this environment's Python."""
    return {
        "argv": [
            sys.executable,
            "-P",
            "-m",
            "ipykernel_launcher",
            "--IPKernelApp.ignore_cwd=True",
            f"--IPKernelApp.exec_lines={FOLDER_LAST}; {PREPARE}",
            "-f",
            "{connection_file}",
        ],
        "display_name": "Slipway",
        "language": "python",
        "metadata": {"debugger": True},
    }


def environment(settings: Settings, lab_id: str = "") -> dict[str, str]:
    """Return the variables of the server, its kernels and its terminals, or with `lab_id` those of a lab's terminal.

    What a person exported for other work with Docker, Compose or kubectl is left out. Raise SlipwayError for a Docker
    context that does not exist.
    """
    home = folder(settings)
    cleaned = clean(os.environ, endpoint.find())
    kept = {name: value for name, value in cleaned.items() if name not in OFF and not name.startswith(OWN_JUPYTER)}
    return {
        **kept,
        **terminal(settings, lab_id),
        "VIRTUAL_ENV": str(Path(sys.executable).parent.parent),
        # With this set, Jupyter reads only the configuration file that it is given.
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PATH": str(home / "share"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def terminal(settings: Settings, lab_id: str = "") -> dict[str, str]:
    """Return the variables that a lab's terminal needs: our commands first on PATH, the folders, engine and cluster."""
    cluster = lab_kubeconfig.environment(settings, lab_id)
    binaries = str(Path(sys.executable).parent)
    path = [entry for entry in cluster["PATH"].split(os.pathsep) if entry != binaries]
    return {
        **cluster,
        **selecting(endpoint.find()),
        **direct(os.environ),
        "PATH": os.pathsep.join([binaries, *path]),
        "SLIPWAY_WORK": str(settings.work),
        "SLIPWAY_STATE": str(settings.state),
    }


SHELL_START = """\
[ -f ~/.bashrc ] && . ~/.bashrc
PATH={binaries}:{cluster}/bin:$PATH
unalias kubectl docker slipway 2>/dev/null
{lines}
# kubectl uses the course's cluster, with the namespace of the lab of the current folder. The prompt names both.
__slipway_lab() {{
    local lab=${{PWD#{work}/}} label= space
    [ "$lab" != "$PWD" ] && lab=${{lab%%/*}} || lab=none
    [ "$lab" = none ] || label=$lab
    KUBECONFIG={cluster}/{copies}/$lab.kubeconfig
    [ -f "$KUBECONFIG" ] || KUBECONFIG={cluster}/{copies}/none.kubeconfig
    export KUBECONFIG
    [ ! -f "$KUBECONFIG" ] || space=$(sed -n 's/.*namespace"*: *"*\\([a-z0-9-]*\\).*/\\1/p' "$KUBECONFIG")
    [ "$PS1" = "${{__slipway_shown-}}" ] || __slipway_prompt=$PS1
    __slipway_shown="${{label:+($label${{space:+: $space}}) }}$__slipway_prompt"
    PS1=$__slipway_shown
}}
PROMPT_COMMAND="${{PROMPT_COMMAND-}}"$'\n'__slipway_lab
__slipway_lab
"""


def shell_start(settings: Settings) -> str:
    """Return the start-up file of a terminal: the learner's own one, then our commands, engine and cluster only."""
    paths = {"binaries": Path(sys.executable).parent, "cluster": settings.cluster, "work": settings.work}
    quoted = {name: shlex.quote(str(path)) for name, path in paths.items()}
    # Also what the learner's own file may export.
    chosen = selecting(endpoint.find())
    exported = shells.lines(chosen, [name for name in SELECTING if name not in chosen] + ["${!COMPOSE_@}"], "bash")
    return SHELL_START.format(**quoted, copies=lab_kubeconfig.COPIES, lines=exported)
