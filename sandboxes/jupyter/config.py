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
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import Settings

SETTINGS = Path(__file__).parent / "settings"
# The longest path of a Unix socket, in bytes: 108 on Linux and 104 on macOS, with a zero at the end.
LONGEST_SOCKET = 103
KERNEL_SOCKET = "kernel-00000000-0000-0000-0000-000000000000-ipc-5"
OFF = ("JUPYTER_CONFIG_PATH", "JUPYTER_TOKEN", "JUPYTER_PORT", "JUPYTERHUB_API_TOKEN", "PYTHONHOME", "PYTHONPATH")


def folder(settings: Settings) -> Path:
    """Return the folder of JupyterLab's configuration, token, kernel and log."""
    return settings.state / "jupyter"


def token(settings: Settings) -> str:
    """Return the secret that authenticates a browser; created once, in a file that only its owner can read."""
    path = folder(settings) / "token"
    try:
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
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
            "jpserver_extensions": {"jupyterlab": True, "jupyter_server_terminals": True},
        },
        "IdentityProvider": {"token": token(settings)},
        "KernelManager": {"transport": transport(home / "runtime")},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
        "ContentsManager": {
            "allow_hidden": True,
            "hide_globs": ["__pycache__", "*.pyc", ".ipynb_checkpoints", ".DS_Store", "*~"],
        },
        "LabApp": {
            "app_settings_dir": str(SETTINGS),
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
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Slipway",
        "language": "python",
        "metadata": {"debugger": True},
    }


def environment(settings: Settings, lab_id: str = "") -> dict[str, str]:
    """Return the variables of the server, its kernels and its terminals, or with `lab_id` those of a lab's terminal."""
    home = folder(settings)
    binaries = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if name not in OFF}
    cluster = lab_kubeconfig.environment(settings, lab_id)
    return {
        **kept,
        **cluster,
        "PATH": f"{binaries}{os.pathsep}{cluster['PATH']}",
        "VIRTUAL_ENV": str(Path(binaries).parent),
        # With this set, Jupyter reads only the configuration file that it is given.
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PATH": str(home / "share"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "SLIPWAY_WORK": str(settings.work),
        "SLIPWAY_STATE": str(settings.state),
    }


SHELL_START = """\
[ -f ~/.bashrc ] && . ~/.bashrc
PATH={binaries}:{cluster}/bin:$PATH
unalias kubectl 2>/dev/null
# kubectl uses the course's cluster, with the namespace of the lab of the current folder.
__slipway_kubectl() {{
    local lab=${{PWD#{work}/}}
    KUBECONFIG={cluster}/{copies}/${{lab%%/*}}.kubeconfig
    [ -f "$KUBECONFIG" ] && [ "$lab" != "$PWD" ] || KUBECONFIG={cluster}/{copies}/none.kubeconfig
    export KUBECONFIG
}}
PROMPT_COMMAND="__slipway_kubectl${{PROMPT_COMMAND:+; $PROMPT_COMMAND}}"
__slipway_kubectl
"""


def shell_start(settings: Settings) -> str:
    """Return the start-up file of a terminal: the learner's own one, then our commands first on PATH and our cluster only."""
    paths = {"binaries": Path(sys.executable).parent, "cluster": settings.cluster, "work": settings.work}
    quoted = {name: shlex.quote(str(path)) for name, path in paths.items()}
    return SHELL_START.format(**quoted, copies=lab_kubeconfig.COPIES)
