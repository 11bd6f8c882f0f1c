"""The identity of a container: its program, its processes, its files.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from itertools import zip_longest

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.container_storage import is_below
from checks.vocabulary.containers import Findings

# Programs that start others and wait for them: as a container's first process they end with what they have started.
STARTERS = frozenset({"sh", "bash", "dash", "docker-init", "tini", "dumb-init"})
# A comment in a script of a shell, and a loop of it up to where its body begins, with the lines before the program.
COMMENT, LOOP = re.compile(r"(?m)(^|\s)#.*$"), r"\b(?:while|until|for)\b(?:(?!\bdone\b)[\s\S])*?\bdo\b(?:(?!\bdone\b)[\s\S])*?"


def own_program(snapshot: Snapshot, container: Json, inside_id: str, file_id: str, hint: str) -> Findings:
    """Yield a finding unless the container holds the lab's own program.

    `inside_id` is an `exec` probe that prints the program with cat, `file_id` a `file` probe of the original.
    Raises Unknown if the program could not be read.

    Example:
        yield from identity.own_program(snapshot, ferry, "ferry-program", "ferry-file", "Build the image again.")
        # The program /app/ferry.py in ferry-1 differs from the original ferry/ferry.py.
    """
    inside, file, where = snapshot.probe(inside_id), snapshot.probe(file_id), containers.subject(container)
    name, path = where.partition("/")[2], inside["command"][-1]
    if not file["ok"]:
        message = f"The program {file['path']} is not in the lab's folder any more."
        yield Finding(message, f"file/{file['path']}", "its text", "the program", file["error"], hint=hint)
    elif inside["exit"] is None:
        raise Unknown(f"the program in {name} could not be read ({inside['error']})")
    elif not inside["ok"]:
        message = f"The container {name} is something else: it does not contain the program {path}."
        runs = " ".join([container["Path"], *container["Args"]])
        why = f"The container was created from the image {container['Config']['Image']}, and runs: {runs}"
        yield Finding(message, where, path, f"the text of {file['path']}", inside["stderr"].strip(), why, hint)
    elif inside["stdout"] != file["text"]:
        lines = zip_longest(inside["stdout"].splitlines(), file["text"].splitlines(), fillvalue="")
        differs = next((line.strip() for line, ours in lines if line != ours), "")
        message = f"The program {path} in {name} differs from the original {file['path']}."
        why = f"The first line that differs: {differs}"
        yield Finding(message, where, path, f"the text of {file['path']}", differs, why, hint)


def only_runs(snapshot: Snapshot, container: Json, probe_id: str, program: str, hint: str) -> Findings:
    """Yield a finding if the container runs anything but the program and what waits for it, which would outlive the program.

    The probe prints a line for each process: its PID, its parent's PID and its command. Raises Unknown without that list.

    Example:
        yield from identity.only_runs(snapshot, ferry, "processes", "ferry.py", "Let CMD start only ferry.py.")
        # ferry-1 is kept alive by something that is not ferry.py: sleep infinity
    """
    lines = (line.split(maxsplit=2) for line in snapshot.probe(probe_id)["stdout"].splitlines())
    processes = {words[0]: (words[1], words[2].strip()) for words in lines if len(words) == 3 and words[1].isdigit()}
    where = containers.subject(container)
    name = where.partition("/")[2]
    if "1" not in processes:
        raise Unknown(f"the processes of {name} could not be listed")
    commands = [command for number, (_, command) in processes.items() if _descends(number, processes)]
    others = [command for command in commands if program not in command and _base(command) not in STARTERS]
    if others:
        message = f"{name} is kept alive by something that is not {program}: {others[0]}"
        why = f"When {program} ends, the container keeps running, but serves no requests."
        yield Finding(message, where, "its processes", f"{program} alone", commands, why, hint)


def runs_once(snapshot: Snapshot, container: Json, probe_id: str, program: str, hint: str) -> Findings:
    """Yield a finding if a script starts the program in a loop, so that the container outlives it.

    The probe prints the words and the script of the first process. A snapshot from before it says nothing.

    Example:
        yield from identity.runs_once(snapshot, ferry, "ferry-script", "ferry.py", "Let CMD start only ferry.py.")
        # ferry-1 starts ferry.py again each time it ends.
    """
    if probe_id not in snapshot.probes:
        return
    text = COMMENT.sub("", snapshot.probe(probe_id)["stdout"])
    if _base(text or "?") in STARTERS and (loop := re.search(rf"{LOOP}[^;\n]*?{re.escape(program)}", text)):
        where = containers.subject(container)
        message = f"{where.partition('/')[2]} starts {program} again each time it ends."
        why = "The container does not end with the program, so no one sees that it has crashed."
        yield Finding(message, where, "its first process", f"{program}, once", loop[0].strip(), why, hint)


def _descends(number: str, processes: dict[str, tuple[str, str]]) -> bool:
    """Whether a process comes from the container's first one. Probes, health checks and `docker exec` do not."""
    passed: set[str] = set()
    while number != "1" and number in processes and number not in passed:
        passed.add(number)
        number = processes[number][0]
    return number == "1"


def _base(command: str) -> str:
    return command.split()[0].rpartition("/")[2]


def unchanged(snapshot: Snapshot, container: Json, probe_id: str, under: str, hint: str) -> Findings:
    """Yield a finding for each file below `under` that differs from the image (a `changes` probe), or that a mount covers.

    Raises Unknown if the changes could not be listed.

    Example:
        yield from identity.unchanged(snapshot, gauge, "gauge-changes", "/app", "Create the container again.")
        # gauge-1 differs from its image: /app/gauge.py was changed by hand in the container.
    """
    probe, where = snapshot.probe(probe_id), containers.subject(container)
    name, changes = where.partition("/")[2], probe["paths"]
    if not probe["ok"]:
        raise Unknown(f"what has changed in {name} could not be listed ({probe['error']})")
    for mount in container["Mounts"]:
        if is_below(mount["Destination"], under) or is_below(under, mount["Destination"]):
            message = f"{mount['Destination']} in {name} does not come from its image: a {mount['Type']} is mounted there."
            why = "The image alone would not run like this: another machine has only the image."
            yield Finding(message, where, "Mounts", f"no mount at {under}", mount["Destination"], why, hint)
    folders = {path for path in changes if any(other.startswith(f"{path}/") for other in changes)}
    for path in changes.keys() - folders:
        message = f"{name} differs from its image: {path} was {changes[path]} by hand in the container."
        why = "The change is neither in the folder nor in the image, so the next container starts without it."
        yield Finding(message, where, "docker diff", "no difference", f"{path} {changes[path]}", why, hint)
