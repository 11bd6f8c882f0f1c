"""Running mmdebstrap so that it can be ended at any moment: with mounts and processes that no one else sees.

It mounts /proc and /sys into the system that it makes, ignores a signal sent to it alone, and sends signals to its
whole process group. So it gets a session of its own and, as root, namespaces of its own: when its leader is killed, the
kernel ends every process and takes every mount away, and what is left are plain files.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Time to clean up by itself before it is killed.
SECONDS = 10
NAMESPACES = ("unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child", "--mount-proc")
# The leader writes down its pid, which is also its process group's, and becomes the command.
LEADER = 'echo $$ >"$0" && exec "$@"'


@dataclass(frozen=True)
class Job:
    """A command to be run apart. `prefix` gives it the rights of root (empty: ours), `leader` is a file for a pid."""

    prefix: Sequence[str]
    leader: Path

    def command(self, command: Sequence[str]) -> list[str]:
        """The command line that runs the command apart."""
        keep = ["--preserve-env=TMPDIR,LC_ALL"] if self.prefix else []
        apart = NAMESPACES if self.prefix or os.geteuid() == 0 else ()
        return [*self.prefix, *keep, "setsid", "--wait", "sh", "-c", LEADER, str(self.leader), *apart, *command]

    def end(self, process: subprocess.Popen) -> None:
        """End the command and all that it started."""
        self._signal(signal.SIGTERM)
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(OSError, ValueError):
            group = int(self.leader.read_text(encoding="ascii"))
            command = [*self.prefix, "kill", f"-{number.value}", "--", f"-{group}"]
            subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)


def remove(folder: Path, prefix: Sequence[str]) -> None:
    """Remove a folder that root may have written into, and nothing that is mounted in it."""
    subprocess.run([*prefix, "rm", "-rf", "--one-file-system", str(folder)], capture_output=True, stdin=subprocess.DEVNULL)
