"""The checks of lab 07: an application that can do what it needs to do, and nothing else."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot, Unknown
from checks.vocabulary import (
    base_images,
    cgroup_limits,
    container_images,
    container_ports,
    containers,
    health_checks,
    image_secrets,
    privileges,
)

IMAGE = "harbour-api:1"
API, HUNGRY = "harbour-api", "harbour-hungry"
USER = 1000
MEMORY, CPUS, PROCESSES = 128, 0.5, 64  # MiB, CPUs, processes and threads
TOKEN = "hbr_"
READ_ONLY = "Read-only file system"


@check(
    "image-pinned",
    "There is an image harbour-api:1, built from a base with a version",
    hints=[
        "Which Python does the first line of the Dockerfile name?",
        "An image without a tag means the tag latest, which is moved with every release. A tag with a version stays "
        "with its version.",
        "`FROM python:3.11-slim`, then `docker build -t harbour-api:1 .`",
    ],
)
def image_pinned(snapshot: Snapshot) -> containers.Findings:
    file = snapshot.probe("dockerfile")
    build = f"`docker build -t {IMAGE} .`"
    yield from containers.first(
        container_images.image_exists(snapshot, IMAGE, f"Pin the base in the Dockerfile, then {build}"),
        base_images.pinned(file, f"Name a version in FROM, such as python:3.11-slim, then {build}"),
        base_images.built_from_python(snapshot.image(IMAGE), IMAGE, file["text"], f"Build it again: {build}"),
    )


@check(
    "no-secret",
    "No layer of harbour-api:1 contains the token",
    points=2,
    needs=["image-pinned"],
    hints=[
        "What an instruction has copied stays in its layer. What does a later `RUN rm` do to a layer below it?",
        "A file that only one RUN needs can be lent to it: `RUN --mount=type=secret,…`. It is in no layer then, and "
        "`docker build` takes its location with `--secret`.",
        "In the place of the COPY, the pip and the rm: `RUN --mount=type=secret,id=netrc,target=/root/.netrc "
        "pip install --no-cache-dir -r requirements.txt`. Then "
        "`docker build --secret id=netrc,src=netrc -t harbour-api:1 .`",
    ],
)
def no_secret(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", IMAGE)
    hint = "Lend it to the RUN that needs it (`--mount=type=secret`) instead of copying it. Then build again."
    yield from image_secrets.no_secret_in_layers(snapshot, "token-in-layers", hint)
    hint = "Take it out of the Dockerfile and lend the file to the RUN that needs it (`--mount=type=secret`)."
    yield from image_secrets.no_secret_described(image, f"image/{IMAGE}", IMAGE, hint, signs=(TOKEN,))


@check(
    "answers",
    "harbour-api runs the image harbour-api:1, and http://localhost:8070/health answers",
    points=2,
    needs=["image-pinned"],
    hints=[
        "`docker ps -a` shows whether it runs, `docker logs harbour-api` what it said last.",
        "On a read-only root, whatever the application writes needs its own place: gunicorn needs a folder for temporary files.",
        "`docker rm -f harbour-api`, then `docker run -d --name harbour-api -p 8070:8000 --read-only --tmpfs /tmp "
        "--user 1000:1000 --cap-drop ALL --security-opt no-new-privileges harbour-api:1`.",
    ],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    run = f"Remove it (`docker rm -f {API}`) and run {IMAGE} again, with all its options."
    hint = f"Run {IMAGE} in the background under this name, with `-p 8070:8000` and the options of this lab."
    yield from containers.running(snapshot, API, hint)
    container = snapshot.container(API)
    if container and container["State"]["Running"]:
        yield from containers.first(
            container_images.runs_image(snapshot, container, IMAGE, run),
            container_ports.publishes(container, 8070, 8000, "Make it again with `-p 8070:8000`."),
            container_ports.answers(snapshot, "health", container, "alive", f"`docker logs {API}` shows what it did last."),
        )


@check(
    "not-root",
    "The process in harbour-api is user 1000 of group 1000",
    needs=["answers"],
    hints=[
        "Who is the first process? `docker exec harbour-api id` tells.",
        "An image says it with USER, `docker run` with `--user`. Without a group behind the colon, the group is root.",
        "Remove the container and run it again with `--user 1000:1000`.",
    ],
)
def not_root(snapshot: Snapshot) -> containers.Findings:
    hint = f"Make the container again with `--user {USER}:{USER}`, or write USER {USER}:{USER} into the Dockerfile."
    yield from privileges.is_user(snapshot.require("container", API), privileges.status(snapshot, "process"), USER, hint)


@check(
    "no-privileges",
    "The process has no capability and can gain none",
    points=2,
    needs=["answers"],
    hints=[
        "`docker exec harbour-api grep -E 'Cap|NoNewPrivs' /proc/1/status` shows what the kernel allows it.",
        "CapEff is what it may do now, CapBnd what it could ever come by. `--cap-drop` empties both; a program with "
        "the setuid bit is another way up, and `--security-opt` closes it.",
        "Remove the container and run it again with `--cap-drop ALL --security-opt no-new-privileges`.",
    ],
)
def no_privileges(snapshot: Snapshot) -> containers.Findings:
    container, process = snapshot.require("container", API), privileges.status(snapshot, "process")
    hint = "Make the container again with `--cap-drop ALL`, and without --privileged and --cap-add."
    yield from privileges.no_capabilities(container, process, hint, cost=1)
    hint = "Make the container again with `--security-opt no-new-privileges`."
    yield from privileges.no_new_privileges(container, process, hint, cost=1)


@check(
    "read-only",
    "Nothing can be written to /, and /tmp takes what must be written",
    points=2,
    needs=["answers"],
    hints=[
        "Try it: `docker exec --user 0 harbour-api touch /x` and `docker exec harbour-api touch /tmp/x`.",
        "`--read-only` makes the whole root file system read-only. `--tmpfs` replaces one folder with memory.",
        "Remove the container and run it again with `--read-only --tmpfs /tmp`.",
    ],
)
def read_only(snapshot: Snapshot) -> containers.Findings:
    yield from _root_refuses(snapshot)
    yield from _tmp_takes(snapshot)


def _root_refuses(snapshot: Snapshot) -> containers.Findings:
    probe, where = snapshot.probe("write-root"), containers.subject(snapshot.require("container", API))
    if READ_ONLY in probe["stderr"]:
        return
    if probe["exit"] != 0:
        raise Unknown(f"writing to / could not be tried ({probe['error'] or probe['stderr'].strip()})")
    message = f"A file could be written to / in {API}."
    why = "User 1000 may not write there, but the root file system itself is writable: for root, and wherever its "
    why += "rights allow it."
    hint = "Make the container again with `--read-only`."
    expected = f"touch: {READ_ONLY}"
    path = "HostConfig.ReadonlyRootfs"
    yield Finding(message, where, path, expected, "written, and removed again", why, hint, cost=1)


def _tmp_takes(snapshot: Snapshot) -> containers.Findings:
    probe, where = snapshot.probe("write-tmp"), containers.subject(snapshot.require("container", API))
    hint = "Make the container again with `--tmpfs /tmp`."
    mounts = [line.split()[2] for line in probe["stdout"].splitlines()]
    if probe["exit"] is None:
        raise Unknown(f"writing to /tmp could not be tried ({probe['error']})")
    if "cannot touch" in probe["stderr"] or "can't" in probe["stderr"]:
        message = f"The process in {API} cannot write to /tmp."
        why = probe["stderr"].strip()
        yield Finding(message, where, "HostConfig.Tmpfs", "a file written to /tmp", "refused", why, hint, cost=1)
    elif mounts[-1:] != ["tmpfs"]:
        message = f"/tmp in {API} is on disk, not in memory."
        why = "What is written there stays until the container is removed, or longer, and fills the machine's disk."
        observed = mounts[-1] if mounts else "part of the root file system"
        yield Finding(message, where, "the mount at /tmp", "tmpfs", observed, why, hint, cost=1)


@check(
    "limited",
    "Memory, swap, CPU and processes of harbour-api are limited",
    points=4,
    needs=["answers"],
    hints=[
        "`docker stats --no-stream harbour-api` shows the limit of memory: the whole machine, where nothing is set.",
        "Four options: `--memory`, `--memory-swap` (memory and swap together), `--cpus`, `--pids-limit`.",
        "Remove the container and run it again with `--memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64` too.",
    ],
)
def limited(snapshot: Snapshot) -> containers.Findings:
    container, kernel = snapshot.require("container", API), cgroup_limits.kernel_limits(snapshot, "limits")
    again = "Make the container again with"
    unlimited = [*cgroup_limits.memory_limited(container, MEMORY, f"{again} `--memory {MEMORY}m`.", cost=1)]
    if cgroup_limits.counts_swap(kernel):
        unlimited += cgroup_limits.no_swap(container, f"{again} `--memory {MEMORY}m --memory-swap {MEMORY}m`.", cost=1)
    unlimited += cgroup_limits.cpu_limited(container, CPUS, f"{again} `--cpus {CPUS}`.", cost=1)
    unlimited += cgroup_limits.processes_limited(container, PROCESSES, f"{again} `--pids-limit {PROCESSES}`.", cost=1)
    if not unlimited:
        cgroup_limits.must_apply(kernel)
    yield from unlimited


@check(
    "kept-within",
    "harbour-hungry was killed when it reached its limit",
    points=2,
    needs=["limited"],
    hints=[
        "`docker ps -a` shows how harbour-hungry ended, `docker logs harbour-hungry` how far it came.",
        "It needs the same limits as harbour-api, for memory and for swap. Python reads a program from standard input "
        "when it is called as `python -`; `docker run -i` passes it on.",
        "`docker rm -f harbour-hungry` if there is one, then `docker run -i --name harbour-hungry --memory 128m --memory-swap "
        "128m harbour-api:1 python - < hungry.py`.",
    ],
)
def kept_within(snapshot: Snapshot) -> containers.Findings:
    hint = (
        f"Remove it (`docker rm -f {HUNGRY}`) and run it again from {IMAGE}, with `--memory {MEMORY}m --memory-swap {MEMORY}m`."
    )
    yield from containers.first(containers.ended(snapshot, HUNGRY, (0, containers.KILLED), hint), _out_of_memory(snapshot, hint))


def _out_of_memory(snapshot: Snapshot, hint: str) -> containers.Findings:
    container = snapshot.require("container", HUNGRY)
    state, why = container["State"], containers.why_ended(container)
    if not state["OOMKilled"]:
        message = f"{HUNGRY} took all the memory that it wanted, and was not stopped."
        if state["ExitCode"] == 0 and not container["LogTail"].strip():
            message = f"{HUNGRY} ended at once: Python got no program on standard input."
            why = "Without `-i`, `docker run` passes nothing on: `python -` reads an empty program, and ends."
            hint = "Remove it, and run it again with `-i`: `docker run -i … python - < hungry.py`."
        elif state["ExitCode"] == containers.KILLED:
            message = f"{HUNGRY} was killed, but not for its memory."
            why = f"The engine recorded no lack of memory: something else sent the signal, such as `docker kill`.\n{why}"
        yield Finding(message, containers.subject(container), "State.OOMKilled", True, False, why, hint)
        return
    yield from container_images.made_from(snapshot, container, IMAGE, hint)
    yield from cgroup_limits.memory_limited(container, MEMORY, hint)
    if cgroup_limits.counts_swap(cgroup_limits.kernel_limits(snapshot, "limits")):
        yield from cgroup_limits.no_swap(container, hint)


@check(
    "healthy",
    "The engine checks the application itself, and it is healthy",
    points=2,
    needs=["answers"],
    hints=[
        "`docker ps` shows the health behind the status, once there is a health check.",
        "A health check is a command in the container, so it needs a tool that the image has: Python, not curl. It has "
        "to request /health: what does /ready say without a database?",
        "In the Dockerfile: `HEALTHCHECK --interval=2s --timeout=2s CMD python -c 'import urllib.request as web; "
        'web.urlopen("http://localhost:8000/health")\'`. Then build, remove, run.',
    ],
)
def healthy(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.require("container", API)
    hint = "Let HEALTHCHECK in the Dockerfile request http://localhost:8000/health. Then build, remove, run."
    yield from containers.first(
        health_checks.asks_the_server(snapshot, container, hint, "health-check"),
        containers.healthy(snapshot, container, hint),
        health_checks.requests_path(snapshot, container, "health-check", "log", "/health", hint),
    )
