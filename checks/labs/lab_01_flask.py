"""The checks of lab 01: your own image, and a container of it that can be reached, watched and stopped."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import base_images, container_images, container_ports, containers

IMAGE = "my-python-app"
BASE = "python:3.11-slim"
APP = "my-running-app"
STOPPED = "my-stopped-app"
PORT = 5000
FOLDER = "/app"
GREETING = "Hello from Docker!"
OUTSIDE, INSIDE = "/hello/outside", "/hello/inside"
# What a base image runs by default: an interpreter that waits for input.
INTERPRETERS = ("python", "python3", "bash", "sh", "/bin/bash", "/bin/sh")
# Ended by itself after a signal, ended by SIGINT, ended by SIGTERM.
ENDED_WHEN_ASKED = (0, 130, 143)
NEVER = "0001-01-01"


@check(
    "image-built",
    "There is an image called my-python-app",
    hints=[
        "An image is built from a Dockerfile; without a name it is only an ID.",
        "`docker build` takes the folder to build from (`.` is this one), and with `-t` the name of the image.",
        "In the lab's folder: `docker build -t my-python-app .`",
    ],
)
def image_built(snapshot: Snapshot) -> containers.Findings:
    yield from container_images.image_exists(snapshot, IMAGE, f"Build the Dockerfile with the name {IMAGE} (`-t`).")


@check(
    "image-config",
    "The image is based on python:3.11-slim, and says where it works, which port it listens on and what it runs",
    points=3,
    needs=["image-built"],
    hints=[
        "Three instructions describe the image and install nothing: WORKDIR, EXPOSE and CMD.",
        "`docker image inspect my-python-app` shows what the image says of itself, under Config. Build again after a change.",
        '`WORKDIR /app`, `EXPOSE 5000`, and as the last line `CMD ["python", "app.py"]`.',
    ],
)
def image_config(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", IMAGE)
    config, where = image["Config"], f"image/{IMAGE}"
    again = f"`FROM {BASE}` as the first line of the Dockerfile. Build the image again afterwards."
    file = snapshot.probes.get("dockerfile") or {"ok": False}
    yield from base_images.built_on(image, IMAGE, BASE, file["text"] if file["ok"] else "", again, cost=1)
    folder = config.get("WorkingDir") or "/"
    if folder.rstrip("/") != FOLDER:
        message = f"The image works in {folder}, not in {FOLDER}."
        yield Finding(message, where, "Config.WorkingDir", FOLDER, folder, hint=f"WORKDIR {FOLDER} sets it.", cost=1)
    ports = sorted(config.get("ExposedPorts") or ())
    if f"{PORT}/tcp" not in ports:
        message = f"The image does not say that it listens on port {PORT}."
        hint = f"EXPOSE {PORT} says so. Build the image again afterwards."
        yield Finding(message, where, "Config.ExposedPorts", f"{PORT}/tcp", ports, hint=hint, cost=1)
    command = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
    if not command or (len(command) == 1 and command[0] in INTERPRETERS):
        message = "The image does not say what to run: a container of it would start an interpreter and end at once."
        hint = "CMD says what a container of this image runs."
        yield Finding(message, where, "Config.Cmd", "a command that starts app.py", command, hint=hint, cost=1)


@check(
    "container-runs",
    "The container my-running-app runs",
    needs=["image-built"],
    hints=[
        "`docker ps` lists what runs, `docker ps -a` also what has ended, with its exit code.",
        "`docker run` creates a container and starts it; `--name` names it, `-d` runs it in the background. If it ended, "
        "`docker logs my-running-app` says why.",
        "`docker rm -f my-running-app`, then `docker run -d -p 5000:5000 --name my-running-app my-python-app`.",
    ],
)
def container_runs(snapshot: Snapshot) -> containers.Findings:
    yield from containers.running(snapshot, APP, f"Run {IMAGE} in the background (`-d`) under this name (`--name {APP}`).")


@check(
    "same-image",
    "my-running-app runs the image that is called my-python-app now",
    needs=["container-runs"],
    hints=[
        "A build creates a new image. Which image does a container run that was created before the build?",
        "A container keeps the image that it was created from. Replace the container instead of restarting it.",
        "`docker rm -f my-running-app`, then the same `docker run` as before.",
    ],
)
def same_image(snapshot: Snapshot) -> containers.Findings:
    hint = f"Remove the container (`docker rm -f {APP}`) and run {IMAGE} again."
    yield from container_images.runs_image(snapshot, snapshot.require("container", APP), IMAGE, hint)


@check(
    "port-published",
    "Port 5000 of the container is published on port 5000 of this machine",
    needs=["container-runs"],
    hints=[
        "`docker ps` has a column PORTS: it shows an arrow only if a port is published.",
        "EXPOSE writes down a port; `-p` of `docker run` opens one. The host's port comes first.",
        "`docker rm -f my-running-app`, then `docker run -d -p 5000:5000 --name my-running-app my-python-app`.",
    ],
)
def port_published(snapshot: Snapshot) -> containers.Findings:
    hint = f"Create the container again with `-p {PORT}:{PORT}`: ports can be published only when it is created."
    yield from container_ports.publishes(snapshot.require("container", APP), PORT, PORT, hint)


@check(
    "answers",
    "http://localhost:5000/ answers with the greeting",
    points=2,
    needs=["port-published"],
    hints=[
        "The port is open and something refuses behind it. `docker logs my-running-app` says where the application listens.",
        "127.0.0.1 means “this container only”. 0.0.0.0 means every address that the container has.",
        'In the last line of app.py write host="0.0.0.0". Then build, remove the old container, run a new one.',
    ],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    hint = "Look at the last line of app.py: at which address does it listen? After a change: build, remove, run."
    if snapshot.probe("greeting").get("status"):
        hint = f"Let app.py answer “{GREETING}” at /. After a change: build, remove, run."
    yield from container_ports.answers(snapshot, "greeting", snapshot.require("container", APP), GREETING, hint)


@check(
    "stops-when-asked",
    "my-stopped-app shut down when it was asked to, and was not killed",
    points=2,
    needs=["image-built"],
    hints=[
        "`docker ps -a` shows the exit code. 137 is 128 + 9: signal 9 is SIGKILL.",
        "Process 1 of a container gets no default treatment of SIGTERM: it must handle the signal, or be sent one that it "
        "handles. Python handles SIGINT.",
        "Put `STOPSIGNAL SIGINT` into the Dockerfile, build, remove my-stopped-app, run it again, `docker stop` it.",
    ],
)
def stops_when_asked(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.container(STOPPED)
    remove = "" if container is None else f"`docker rm -f {STOPPED}`, then "
    hint = (
        f"{remove}`docker run -d --name {STOPPED} {IMAGE}` (no port needed). When its log says that it runs, "
        f"`docker stop {STOPPED}`."
    )
    if container and container["State"]["Status"] == "exited" and container["State"]["ExitCode"] == containers.KILLED:
        why = "Exit code 137 is 128 + 9: it got SIGKILL. `docker stop` sends it to what does not end within ten seconds after "
        why += "the stop signal; `docker kill` and `docker rm -f` send it at once."
        if container["State"]["OOMKilled"]:
            why = containers.why_ended(container)
        message = f"{STOPPED} was killed: it did not shut down when it was asked to."
        hint = "Set STOPSIGNAL to a signal that Python handles, build, and stop a new container with `docker stop`."
        yield Finding(message, containers.subject(container), "State.ExitCode", "0, 130 or 143", containers.KILLED, why, hint)
        return
    yield from containers.ended(snapshot, STOPPED, ENDED_WHEN_ASKED, hint)
    if container:
        yield from container_images.made_from(snapshot, container, IMAGE, hint)
        yield from _its_own_command(snapshot, container)
        yield from _had_served(snapshot, container, hint)


def _its_own_command(snapshot: Snapshot, container: Json) -> containers.Findings:
    """The container ran what its image says, not something else that ends more easily."""
    image = container_images.image_behind(snapshot, container)
    if image is None:
        return
    wanted, ran = ((item["Config"].get("Entrypoint"), item["Config"].get("Cmd")) for item in (image, container))
    if wanted != ran:
        message = f"{STOPPED} ran another command instead of the application."
        hint = "Give `docker run` no command after the image's name: the image says what to run."
        yield Finding(message, containers.subject(container), "Config.Cmd", wanted[1], ran[1], hint=hint)


def _had_served(snapshot: Snapshot, container: Json, hint: str) -> containers.Findings:
    """The application was running when it was asked to stop: by its log, or because the same image serves right now."""
    served, image = snapshot.container(APP), snapshot.image(IMAGE)
    serves = served is not None and image is not None and served["State"]["Running"]
    if serves and all(container_images.has_content_of(snapshot, other, image) for other in (served, container)):
        return
    if container["State"]["Status"] == "exited" and str(PORT) not in container["LogTail"]:
        message = f"{STOPPED} ended on its own: its log does not say that the application was running."
        observed = containers.last_lines(container["LogTail"]) or "an empty log"
        yield Finding(message, containers.subject(container), "the log", f"a server on port {PORT}", observed, hint=hint)


@check(
    "requests-in-log",
    "The log of my-running-app shows a request from outside and one from inside",
    points=2,
    needs=["answers"],
    hints=[
        "`docker logs my-running-app` shows one line for each request, with the address that it came from.",
        "/hello/outside: request it from this machine, with a browser or curl. /hello/inside: request it from a process "
        "in the container, which `docker exec` starts. A new container starts with an empty log.",
        "`curl localhost:5000/hello/outside`; `docker exec my-running-app python -c 'import urllib.request as web; "
        'print(web.urlopen("http://localhost:5000/hello/inside").read())\'`',
    ],
)
def requests_in_log(snapshot: Snapshot) -> containers.Findings:
    container, lines = snapshot.require("container", APP), snapshot.probe("log")["text"].splitlines()
    where = containers.subject(container)
    if not any(OUTSIDE in line for line in lines):
        message = f"The log has no request for {OUTSIDE}."
        hint = f"Ask for http://localhost:{PORT}{OUTSIDE} from this machine."
        yield Finding(message, where, "the log", OUTSIDE, containers.last_lines("\n".join(lines)), hint=hint, cost=1)
    inside = [line for line in lines if INSIDE in line]
    if any(address in line for line in inside for address in container_ports.own_addresses(container)):
        return
    message = f"The log has no request for {INSIDE}."
    hint = f"Start a process in the container with `docker exec {APP} …` that requests http://localhost:{PORT}{INSIDE}."
    if inside:
        message = f"{INSIDE} was requested, but not from inside the container."
    observed = inside[-1] if inside else containers.last_lines("\n".join(lines))
    expected = f"{INSIDE}, requested from 127.0.0.1"
    yield Finding(message, where, "the log", expected, observed, hint=hint, cost=1)


@check(
    "restarted",
    "my-running-app was stopped and started again, and is still the same container",
    needs=["container-runs"],
    hints=[
        "A stopped container is still there, with its files and its log. `docker ps -a` shows it.",
        "`docker stop` and `docker start` work on the same container; `docker rm` and `docker run` create a new one.",
        "`docker stop my-running-app`, then `docker start my-running-app`.",
    ],
)
def restarted(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.require("container", APP)
    finished = container["State"]["FinishedAt"]
    if finished.startswith(NEVER):
        message = f"{APP} has run without interruption since it was created."
        hint = f"`docker stop {APP}`, then `docker start {APP}`. Removing and running it creates a new container instead."
        yield Finding(message, containers.subject(container), "State.FinishedAt", "a time in its past", "never", hint=hint)
