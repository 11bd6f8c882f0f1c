"""The checks of lab 00: first containers, how they ended, and two answers that the engine's API gives."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot, Unknown
from checks.vocabulary import answers_file, container_images, containers

FIRST = "first-container"
FAILING = "failing-container"
KERNEL = "kernel-container"
IMAGE = "busybox:1.35"
WORDS = "Hello from a container"
FAILURE = 3
ANSWERS = "answers.toml"
SHORTEST_ID = 12


@check(
    "first-ran",
    "first-container was created from busybox:1.35, ran, and ended with exit code 0",
    points=2,
    hints=[
        "`docker run` creates a container from an image and starts it; `docker ps -a` shows how it ended.",
        "`docker run --name NAME IMAGE COMMAND`. An exit code of 0 means that all went well.",
        'docker run --name first-container busybox:1.35 echo "Hello from a container"',
    ],
)
def first_ran(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker rm -f {FIRST}` frees the name. Then run it again, with a command that ends on its own."
    container = snapshot.container(FIRST)
    if container is None:
        hint = f"`docker run --name {FIRST} {IMAGE} …`: the options, the image, then a command that ends on its own."
    yield from containers.ended(snapshot, FIRST, (0,), hint)
    if container:
        yield from container_images.made_from(snapshot, container, IMAGE, hint)


@check(
    "first-said",
    "first-container has printed “Hello from a container”",
    needs=["first-ran"],
    hints=[
        "What a container's process prints is its log: `docker logs first-container`.",
        "The command after the image's name decides what is printed. A container's command cannot be changed later: "
        "remove the container and run it again.",
        '`docker rm first-container`, then `docker run --name first-container busybox:1.35 echo "Hello from a container"`.',
    ],
)
def first_said(snapshot: Snapshot) -> containers.Findings:
    hint = f"A command cannot be changed later: `docker rm {FIRST}`, then run it again with a command that prints these words."
    yield from containers.said(snapshot.require("container", FIRST), WORDS, hint)


@check(
    "failing-code",
    "failing-container has ended with exit code 3",
    hints=[
        "The exit code of a container is that of its process.",
        "A shell ends with the code that `exit` names: sh -c 'exit 3'.",
        "docker run --name failing-container busybox:1.35 sh -c 'exit 3'",
    ],
)
def failing_code(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker rm -f {FAILING}` frees the name. Then run a shell in it that ends with `exit {FAILURE}`."
    if snapshot.container(FAILING) is None:
        hint = f"`docker run --name {FAILING} IMAGE …`: the options, the image, then a shell that ends with `exit {FAILURE}`."
    yield from containers.ended(snapshot, FAILING, (FAILURE,), hint)


@check(
    "same-kernel",
    "kernel-container has printed the release of the kernel that it runs on",
    hints=[
        "`uname -r` prints the release of the kernel, on any Linux, in a container too.",
        "`docker run --name … IMAGE uname -r`",
        "docker run --name kernel-container busybox:1.35 uname -r",
    ],
)
def same_kernel(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker rm -f {KERNEL}`, then run it again with the command `uname -r`."
    container = snapshot.container(KERNEL)
    if container is None:
        hint = "`docker run --name … IMAGE uname -r`: the first word after the options is the image, the rest is the command."
    yield from containers.ended(snapshot, KERNEL, (0,), hint)
    if container:
        yield from containers.said(container, _engine_says(snapshot, "KernelVersion"), hint)


@check(
    "api-version",
    "answers.toml names the version of the API that your engine speaks",
    hints=[
        "The engine answers HTTP requests on a socket, /var/run/docker.sock on most machines.",
        "curl can talk to a socket: `curl --unix-socket /var/run/docker.sock http://localhost/version`",
        'The answer contains "ApiVersion". Write its value between the quotes of api_version in answers.toml, and save.',
    ],
)
def api_version(snapshot: Snapshot) -> containers.Findings:
    expected, hint = _engine_says(snapshot, "ApiVersion"), "Ask GET /version for “ApiVersion”, not for “MinAPIVersion”."
    for observed in _answer(snapshot, "api_version", hint):
        if isinstance(observed, Finding):
            yield observed
        elif observed.removeprefix("v") != expected:
            message = f"{ANSWERS} says that the API has version {observed}; the engine says something else."
            # The answer itself stays out of the finding: it is the learner's to find.
            yield Finding(message, ANSWERS, "api_version", "what the engine answers", observed, hint=hint)


@check(
    "image-id",
    "answers.toml names the ID of the image that first-container was created from",
    needs=["first-ran"],
    hints=[
        "Everything that the engine knows about a container is in one JSON object of its API.",
        "GET /containers/first-container/json. The container's own ID is “Id”; the image's is “Image”.",
        "`curl --silent --unix-socket /var/run/docker.sock http://localhost/containers/first-container/json | "
        'python3 -m json.tool | grep sha256`: the line that begins with "Image".',
    ],
)
def image_id(snapshot: Snapshot) -> containers.Findings:
    container, hint = snapshot.require("container", FIRST), f"Look for “Image” in the answer to GET /containers/{FIRST}/json."
    for observed in _answer(snapshot, "image_id", hint):
        if isinstance(observed, Finding):
            yield observed
            continue
        digits = observed.removeprefix("sha256:").lower()
        if len(digits) < SHORTEST_ID or not container["Image"].removeprefix("sha256:").startswith(digits):
            why = "That is the ID of the container, not of its image." if container["Id"].startswith(digits) else ""
            message = f"{ANSWERS} names an image that {FIRST} was not created from."
            expected = f"the ID of the image of {FIRST}"
            yield Finding(message, ANSWERS, "image_id", expected, observed, why, hint)


def _engine_says(snapshot: Snapshot, field: str) -> str:
    fields = snapshot.probe("engine")["fields"]
    if field not in fields:
        raise Unknown(f"the engine does not tell its {field}")
    return fields[field]


def _answer(snapshot: Snapshot, name: str, hint: str) -> list[str | Finding]:
    """The learner's answer, or the finding that says why there is none."""
    answers = answers_file.table(snapshot, "answers", f'{name} = "…"')
    if isinstance(answers, Finding):
        return [answers]
    answer = str(answers.get(name, "")).strip()
    if not answer:
        message = f"{ANSWERS} has no answer for {name} yet."
        return [Finding(message, ANSWERS, name, "your answer", "", hint=f"{hint} Is the file saved?")]
    return [answer]
