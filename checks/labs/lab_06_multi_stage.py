"""The checks of lab 06: a service built in one stage and shipped in another, with what it needs and nothing more."""

import re

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_images, container_ports, containers, image_history, image_layers, texts

SINGLE, SMALL, BUILDER = "tide-clock:single", "tide-clock:small", "tide-clock:builder"
APP = "tide-clock"
PORT, INSIDE = 8006, 8000
PROGRAM = "*tide-clock"
LEFT_BEHIND = {"the source": ("*clock.go", "*tide.go", "*roots.go", "*go.mod")}
LEFT_BEHIND |= {"a compiler": ("*bin/go", "*/compile", "*bin/gcc*", "*/cc1")}
LIMIT = 15_000_000  # bytes: "15 MB" in the task
TIMES = 30  # "a thirtieth" in the task
COMPILED = 30_000_000  # bytes: "30 MB" in the task
# In an instruction, not in a comment.
CACHE_MOUNT = re.compile(r"^(?!\s*#).*--mount=\S*\btype=cache\b", re.M)
COMPILES = re.compile(r"\bgo (?:build|install|test|vet)\b")
NOBODY_SAID = ("", "0", "root")


@check(
    "small-built",
    "There is an image called tide-clock:small",
    hints=[
        "A Dockerfile may have several FROM lines. Each starts a stage; the last stage is the image.",
        "`FROM golang:1.24 AS builder`, the steps of single.Dockerfile, then `FROM scratch` and "
        "`COPY --from=builder /tide-clock /tide-clock`.",
        'Add `ENTRYPOINT ["/tide-clock"]` at the end, then `docker build -t tide-clock:small .`',
    ],
)
def small_built(snapshot: Snapshot) -> containers.Findings:
    yield from container_images.image_exists(snapshot, SMALL, f"Build your Dockerfile with the name {SMALL} (`-t`).")


@check(
    "tools-left-behind",
    "tide-clock:small contains the program, but no compiler and no source",
    points=3,
    needs=["small-built"],
    hints=[
        '`here.layers("tide-clock:small")` shows the steps of the last stage. Which of them adds more than the program?',
        "`COPY --from=builder` takes single files as well as folders. Copy the file /tide-clock, not the folder /src.",
        "The last stage starts with `FROM scratch`; one of its lines is `COPY --from=builder /tide-clock /tide-clock`.",
    ],
)
def tools_left_behind(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", SMALL)
    hint = "Begin the last stage with FROM scratch, and copy the program into it, nothing else of the builder."
    yield from image_layers.free_of(snapshot, "files", image, LEFT_BEHIND, hint, cost=1)
    if not image_layers.files(snapshot, "files", [PROGRAM]):
        message = f"{SMALL} has no file called tide-clock."
        hint = "Copy it from the stage that builds it: `COPY --from=builder /tide-clock /tide-clock`."
        yield Finding(message, f"image/{SMALL}", "files", "a program tide-clock", [], hint=hint)


@check(
    "small-enough",
    "tide-clock:small takes less than 15 MB, and less than a thirtieth of tide-clock:single",
    needs=["small-built"],
    hints=[
        '`here.layers("tide-clock:single", "tide-clock:small")` shows where the bytes are.',
        "A base with a package manager takes 70 MB and more. The program needs none: `FROM scratch` is empty.",
    ],
)
def small_enough(snapshot: Snapshot) -> containers.Findings:
    again = "Run the cell “one stage: first build” above: it builds this image."
    yield from containers.first(container_images.image_exists(snapshot, SINGLE, again), _compared(snapshot))


def _compared(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", SMALL)
    small, single = (image_history.unpacked(built) for built in (image, snapshot.require("image", SINGLE)))
    if small < LIMIT and small * TIMES < single:
        return
    largest = max(image_history.steps(image), key=lambda step: step.size)
    message = f"{SMALL} takes {image_history.size(small)}; {SINGLE} takes {image_history.size(single)}."
    why = f"Most of it comes with the step “{largest.instruction}” ({image_history.size(largest.size)})."
    expected = f"less than {image_history.size(min(LIMIT, single // TIMES))}"
    hint = "Begin the last stage with FROM scratch, or with a base of a few megabytes."
    yield Finding(message, f"image/{SMALL}", "History", expected, image_history.size(small), why, hint)


@check(
    "static",
    "The program tide-clock in tide-clock:small is static",
    points=2,
    needs=["tools-left-behind"],
    hints=[
        "`docker run --rm tide-clock:single ldd /tide-clock` lists what the program needs. Is it in the new image?",
        "Go takes in C code where a C compiler is at hand (cgo), and such a program needs the C library. Without cgo "
        "it needs none.",
        "`RUN CGO_ENABLED=0 go build -o /tide-clock .` in the stage that builds.",
    ],
)
def static(snapshot: Snapshot) -> containers.Findings:
    hint = "Build it without cgo (CGO_ENABLED=0), then build the image again."
    for file in image_layers.files(snapshot, "files", [PROGRAM]):
        loader, where = file.get("interpreter"), f"image/{SMALL}"
        if loader is None:
            message = f"{file['path']} is no program for Linux."
            yield Finding(message, where, file["path"], "a static program", "another kind of file", hint=hint)
        elif loader:
            message = f"{file['path']} is dynamic: the kernel starts it only through the loader {loader}."
            why = "Without the loader, starting it fails with “no such file or directory”, although the program is there."
            yield Finding(message, where, file["path"], "a static program", f"needs {loader}", why, hint)


@check(
    "answers",
    "http://localhost:8006/ answers with the tide, out of tide-clock:small",
    points=2,
    needs=["small-built"],
    hints=[
        "`docker ps -a` shows whether tide-clock runs, `docker logs tide-clock` what it said last.",
        "“no such file or directory” for a file that exists: it needs a loader that does not (task 2), or the "
        "command is written without brackets and needs a shell.",
        "`docker rm -f tide-clock`, then `docker run -d --name tide-clock -p 8006:8000 tide-clock:small`.",
    ],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker rm -f {APP}`, then run {SMALL} in the background as {APP}, with `-p {PORT}:{INSIDE}`."
    container = snapshot.container(APP)
    if container is None:
        yield from containers.running(snapshot, APP, hint)
        return
    command = "start" if container["State"]["Status"] == "created" else "logs"
    yield from containers.first(
        container_images.runs_image(snapshot, container, SMALL, hint),
        containers.running(snapshot, APP, hint, f"`docker {command} {APP}` says what it misses. Is that in the image?"),
        container_ports.publishes(container, PORT, INSIDE, hint),
        container_ports.answers(snapshot, "clock", container, '"tide"', hint),
    )


@check(
    "trusts",
    "The clock finds root certificates: http://localhost:8006/roots counts them",
    points=2,
    needs=["answers"],
    hints=[
        "Ask the clock: http://localhost:8006/roots. What does tide-clock:single have in /etc/ssl/certs?",
        "The builder stage has the file /etc/ssl/certs/ca-certificates.crt. Go looks for it at the same path.",
        "`COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/` in the last stage.",
    ],
)
def trusts(snapshot: Snapshot) -> containers.Findings:
    hint = "Copy /etc/ssl/certs/ca-certificates.crt from the builder stage to the same path; then build, remove, run."
    count = _told(snapshot, "roots").get("roots")
    if isinstance(count, int) and count > 0:
        return
    probe, where = snapshot.probe("roots"), containers.subject(snapshot.require("container", APP))
    if count is None:
        observed = probe["body"] or probe["error"]
        message = f"{probe['request']} does not say how many root certificates the clock has found."
        yield Finding(message, where, probe["request"], '"roots"', observed, hint="The handler is in clock.go.")
        return
    message = "The clock finds no root certificate: every HTTPS request of it would fail."
    why = "Certificates come with the image. Without: “x509: certificate signed by unknown authority”."
    yield Finding(message, where, probe["request"], "more than 0 roots", count, why, hint)


def _told(snapshot: Snapshot, probe: str) -> Json:
    """What the clock has answered; {} where that is none of its answers."""
    return texts.json_object(snapshot.probe(probe).get("body") or "")


@check(
    "not-root",
    "tide-clock:small says which user it runs as, and that is not root",
    points=2,
    needs=["answers"],
    hints=[
        "The answer of http://localhost:8006/ tells the user. 0 is root.",
        "USER sets it. A name is looked up in /etc/passwd of the image, which an empty base does not have. A number "
        "always works.",
        "`USER 65534:65534` in the last stage; build, remove, run.",
    ],
)
def not_root(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", SMALL)
    hint = "Write USER with a number into the last stage; build, remove, run."
    user = image["Config"].get("User") or ""
    if user.partition(":")[0] in NOBODY_SAID:
        message = f"{SMALL} runs as root."
        why = "A USER line of the builder stage applies only there: every stage starts with the settings of its base."
        observed = user or "no user"
        yield Finding(message, f"image/{SMALL}", "Config.User", "a user other than root", observed, why, hint)
    elif (own_user := _told(snapshot, "clock").get("user")) == 0:
        message = f"{SMALL} names the user {user}, but its process in {APP} runs as root."
        hint = f"Make the container again, without `--user`: `docker rm -f {APP}`, then `docker run …`."
        yield Finding(
            message, containers.subject(snapshot.require("container", APP)), "user", "a user other than root", own_user, hint=hint
        )


@check(
    "cache-mounted",
    "The compiler's cache is kept between builds, and in no layer of tide-clock:builder",
    points=2,
    hints=[
        "`docker history tide-clock:builder`: how large is the layer of the step that compiles? The program has 8 MB.",
        "`RUN --mount=type=cache,target=FOLDER command` gives the command a folder that outlives the build and is part "
        "of no layer. Go's cache is in /root/.cache/go-build.",
        "`RUN --mount=type=cache,target=/root/.cache/go-build go build -o /tide-clock .`, then "
        "`docker build --target builder -t tide-clock:builder .`",
    ],
)
def cache_mounted(snapshot: Snapshot) -> containers.Findings:
    build = f"`docker build --target builder -t {BUILDER} .` builds the stage called builder, and no further."
    yield from containers.first(container_images.image_exists(snapshot, BUILDER, build), _kept_outside(snapshot))


def _kept_outside(snapshot: Snapshot) -> containers.Findings:
    """The Dockerfile asks for a cache mount, and the step that compiles leaves hardly more than the program."""
    recipe = snapshot.probe("recipe")
    hint = "Give the step that compiles `--mount=type=cache,target=/root/.cache/go-build`."
    if not CACHE_MOUNT.search(recipe["text"]):
        message = "No step in Dockerfile has a cache mount: each build compiles everything from the start."
        observed = recipe["error"] or "no such option"
        yield Finding(message, "file/Dockerfile", "RUN --mount", "--mount=type=cache", observed, hint=hint)
        return
    steps = image_history.steps(snapshot.require("image", BUILDER))
    compiling = [step for step in steps if COMPILES.search(step.instruction)]
    largest = max(compiling, key=lambda step: step.size, default=None)
    if largest and largest.size >= COMPILED:
        message = f"The step that compiles leaves {image_history.size(largest.size)} in its layer: more than the program."
        why = "The compiler's cache is still in a layer, not in the mount."
        hint = "Mount the cache at the folder that Go uses: /root/.cache/go-build, or what GOCACHE says."
        expected = f"less than {image_history.size(COMPILED)}"
        yield Finding(message, f"image/{BUILDER}", "History", expected, image_history.size(largest.size), why, hint)
