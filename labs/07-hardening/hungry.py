"""Takes 10 MiB of memory at a time and says how much it holds. Harmless: at 400 MiB it ends by itself.

A child process does the taking, so that somebody is left to tell how it ended.
"""

import os
import sys
import time

STEP, END = 10, 400  # MiB
PAUSE = 0.1  # seconds between two steps
KILLED = 9  # the signal SIGKILL

child = os.fork()
if child == 0:
    held = []
    while len(held) * STEP < END:
        # Slowly enough to be seen: the engine begins to watch for lack of memory a moment after the start.
        time.sleep(PAUSE)
        held.append(b"x" * (STEP * 1024 * 1024))
        print(f"I hold {len(held) * STEP} MiB.", flush=True)
    print("Nobody has stopped me.", flush=True)
    os._exit(0)

_, status = os.waitpid(child, 0)
if os.waitstatus_to_exitcode(status) == -KILLED:
    print("My child was killed by signal 9.", flush=True)
    # Stay alive for a moment: the engine can record the kill only for a container that still runs.
    time.sleep(1)
    sys.exit(128 + KILLED)
