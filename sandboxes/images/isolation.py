"""The isolation of mmdebstrap in its own session and namespaces, so that it can be ended at any time.

It mounts /proc and /sys into the system that it creates, ignores a signal sent to it alone, and sends signals to its
whole process group. So it gets its own session and, as root, its own namespaces: when its leader is killed, the kernel
ends every process and removes every mount, and only plain files remain.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandboxes.host import processes
from sandboxes.host.atomic_write import read_text

# Seconds for its own clean-up before it is killed.
SECONDS = 10
SECONDS_TO_REMOVE = 300
NAMESPACES = ("unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child", "--mount-proc")
# The leader records its pid, which is also its process group's, and becomes the command.
LEADER = 'echo $$ >"$0" && exec "$@"'


@dataclass(frozen=True)
class Job:
    """A command to be run in isolation. `prefix` makes it run as root (sudo, or empty), `leader` is a file for its pid."""

    prefix: Sequence[str]
    leader: Path

    def command(self, command: Sequence[str]) -> list[str]:
        """Return the command line that runs a command in isolation."""
        keep = ["--preserve-env=TMPDIR,LC_ALL"] if self.prefix else []
        apart = NAMESPACES if self.prefix or os.geteuid() == 0 else ()
        return [*self.prefix, *keep, "setsid", "--wait", "sh", "-c", LEADER, str(self.leader), *apart, *command]

    def end(self, process: subprocess.Popen) -> None:
        """End the command and everything that it started."""
        self._signal(signal.SIGTERM)
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(OSError, ValueError):
            group = int(read_text(self.leader, 32))
            command = [*self.prefix, "kill", f"-{number.value}", "--", f"-{group}"]
            processes.ask(command)


def remove(folder: Path, prefix: Sequence[str]) -> None:
    """Remove a folder that root may have written to, but nothing that is mounted in it."""
    processes.ask([*prefix, "rm", "-rf", "--one-file-system", str(folder)], SECONDS_TO_REMOVE)
