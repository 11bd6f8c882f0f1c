"""The checks of lab 02: what creates a layer, an edit that keeps the dependencies, an image without ballast."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import base_images, container_images, container_ports, containers, image_history, image_layers, texts

SLOW = "harbour-greeting:slow"
BEFORE, AFTER = "harbour-greeting:before", "harbour-greeting:after"
CLEAN = "harbour-greeting:clean"
BASE = "python:3.11-slim"
APP = "harbour-greeting"
PORT, INSIDE = 8002, 5000
ANSWERS = "answers.toml"
DEPENDENCIES = ("*/flask/__init__.py", "*/numpy/__init__.py")
UNWANTED = {"recordings": ("*recordings/*",), ".env": ("*.env",), ".git": ("*.git/*",)}
LIMIT = 1_000_000  # bytes: "1 MB" in the task
VERBS = ("WORKDIR", "COPY", "RUN", "EXPOSE", "STOPSIGNAL", "CMD")
SPOKEN = {"true": True, "false": False, "yes": True, "no": False}


@check(
    "layers-known",
    "answers.toml says which instructions created a layer in harbour-greeting:slow",
    points=3,
    hints=[
        "`docker history` shows 0B for a step without a layer and for an empty layer alike. The layers themselves "
        "are in `docker image inspect`, under RootFS.",
        "Build a Dockerfile of two lines, FROM and the instruction in question, and compare the number of layers with "
        "that of the base: `docker image inspect IMAGE --format '{{len .RootFS.Layers}}'`.",
        "Three of the six change something on disk: one creates a folder, one copies, one runs a command. The other "
        "three are written into the image's description.",
    ],
)
def layers_known(snapshot: Snapshot) -> containers.Findings:
    hint = "Run the cell “slow: first build” above: it builds this image."
    yield from containers.first(container_images.image_exists(snapshot, SLOW, hint), _answered(snapshot))


def _answered(snapshot: Snapshot) -> containers.Findings:
    """Every answer is what the image itself shows."""
    answers, hint = _answers(snapshot), "Count the layers of a small image with and without this instruction."
    if isinstance(answers, Finding):
        yield answers
        return
    answers = {str(verb).upper(): answer for verb, answer in answers.items()}
    given = {verb: SPOKEN.get(str(answers.get(verb)).lower()) for verb in VERBS}
    if open_ := [verb for verb in VERBS if given[verb] is None]:
        message = f"{ANSWERS} does not say yet whether {', '.join(open_)} create a layer."
        yield Finding(message, ANSWERS, "makes_a_layer", "true or false for each", answers, hint=hint)
        return
    made = {step.verb: bool(step.layer) for step in image_history.steps(snapshot.require("image", SLOW))}
    for verb in VERBS:
        if given[verb] != made.get(verb):
            words = {True: ("a layer", "none"), False: ("no layer", "one")}[given[verb]]
            message = f"{ANSWERS} says that {verb} creates {words[0]}. In {SLOW} it created {words[1]}."
            path, expected = f"makes_a_layer.{verb}", "what the image shows"
            yield Finding(message, ANSWERS, path, expected, answers[verb], _misleading(verb), hint, cost=1)


def _misleading(verb: str) -> str:
    """What makes people answer wrongly."""
    if verb == "WORKDIR":
        return "It creates the folder, which takes 0B in `docker history` and is a layer all the same."
    if verb in image_history.METADATA:
        return "Every instruction has a line in `docker history`: a line is a step, and not every step creates a layer."
    return ""


def _answers(snapshot: Snapshot) -> Json | Finding:
    """The table of answers, or the finding that says why there is none."""
    file, table = snapshot.probe("answers"), "makes_a_layer"
    expected = "true or false for each instruction"
    if not file["ok"]:
        hint = "`slipway start 02` restores the file, and changes nothing else."
        return Finding(f"{ANSWERS}: {file['error']}.", ANSWERS, table, expected, file["error"], hint=hint)
    try:
        instructions = texts.toml_table(file["text"]).get(table)
    except ValueError as error:
        hint = "Each answer is one line: COPY = true"
        return Finding(f"{ANSWERS} is not valid TOML: {error}.", ANSWERS, table, expected, file["text"], hint=hint)
    if not isinstance(instructions, dict):
        hint = f"Keep the line [{table}] above the answers."
        return Finding(f"{ANSWERS} has no table {table}.", ANSWERS, table, expected, file["text"], hint=hint)
    return instructions


@check(
    "built-twice",
    "harbour-greeting:before and harbour-greeting:after contain two versions of app.py",
    hints=[
        "Two builds, under two tags, and an edit of app.py between them.",
        "`python3 edit.py` edits one line of app.py. An edit reaches an image only by a build after it.",
        "`docker build -t harbour-greeting:before .`, `python3 edit.py`, `docker build -t harbour-greeting:after .`",
    ],
)
def built_twice(snapshot: Snapshot) -> containers.Findings:
    for reference in (BEFORE, AFTER):
        yield from container_images.image_exists(snapshot, reference, f"Build the Dockerfile with the name {reference} (`-t`).")
    before, after = snapshot.image(BEFORE), snapshot.image(AFTER)
    if before is None or after is None:
        return
    yield from base_images.built_on(
        after, AFTER, BASE, "", f"`FROM {BASE}` as the first line of the Dockerfile. Build both again."
    )
    where, hint = f"image/{AFTER}", "Edit app.py (`python3 edit.py`), then build again as harbour-greeting:after."
    holding = image_layers.digests_with(snapshot, "edited-files", after, ["app/app.py"])
    if not holding or _deleted(snapshot, holding, after):
        message = f"{AFTER} has no /app/app.py."
        hint = "Work in /app, and copy app.py there."
        yield Finding(message, where, "files", "/app/app.py", "no such file", hint=hint)
    elif set(holding) <= set(before["RootFS"]["Layers"]) or _same_app(snapshot):
        message = f"{BEFORE} and {AFTER} contain the same app.py: it was not edited between the two builds."
        expected = f"another text than in {BEFORE}"
        yield Finding(message, where, "/app/app.py", expected, "the same text", hint=hint)


def _deleted(snapshot: Snapshot, holding: list[str], after: Json) -> bool:
    """Whether a layer above those that hold app.py deletes it. False for a snapshot without the marks of what is deleted."""
    marks = (file for file in snapshot.probe("edited-files")["files"] if file["path"].endswith("app/.wh.app.py"))
    last = after["RootFS"]["Layers"].index(holding[-1])
    return any(mark["layer"] > last for mark in marks)


def _same_app(snapshot: Snapshot) -> bool:
    """Whether both images hold the same app.py, in whatever layers. False for a snapshot without these probes."""
    if not {"app-before", "app-after"} <= snapshot.probes.keys():
        return False
    texts = [image_layers.files(snapshot, probe, ["app/app.py"])[-1:] for probe in ("app-before", "app-after")]
    digests = [file["sha256"] for files in texts for file in files if "sha256" in file]
    return len(digests) == len(texts) and len(set(digests)) == 1


@check(
    "dependencies-kept",
    "The layer with the dependencies is the same before and after the edit",
    points=3,
    needs=["built-twice"],
    hints=[
        '`here.layers("harbour-greeting:before", "harbour-greeting:after")` shows what both share. Which step is the '
        "first that they do not share, and which come before it?",
        "pip needs requirements.txt and nothing else. Copy that one file before it, and the rest after it.",
        "`COPY requirements.txt .`, then `RUN pip install …`, then `COPY . .`. Build, edit app.py, build again.",
    ],
)
def dependencies_kept(snapshot: Snapshot) -> containers.Findings:
    before, after = (snapshot.require("image", reference) for reference in (BEFORE, AFTER))
    holding = image_layers.digests_with(snapshot, "edited-files", after, DEPENDENCIES)
    if not holding:
        yield _nothing_installed(AFTER)
        return
    hint = "Put what changes with every edit after the installation. Build, edit only app.py, and build again."
    yield from image_layers.layers_kept(before, after, holding, "the dependencies", hint)


def _nothing_installed(reference: str) -> Finding:
    message, hint = f"{reference} contains neither Flask nor NumPy.", "Install what requirements.txt lists."
    return Finding(message, f"image/{reference}", "files", "Flask and NumPy", [], hint=hint)


@check(
    "clean-built",
    "There is an image called harbour-greeting:clean",
    hints=[
        "The same Dockerfile, built once more under a third tag.",
        "In the lab's folder: `docker build -t harbour-greeting:clean .`",
    ],
)
def clean_built(snapshot: Snapshot) -> containers.Findings:
    yield from container_images.image_exists(snapshot, CLEAN, f"Build the Dockerfile with the name {CLEAN} (`-t`).")


@check(
    "context-clean",
    "No layer of harbour-greeting:clean contains recordings, .env or .git",
    points=3,
    needs=["clean-built"],
    hints=[
        "`docker run --rm harbour-greeting:clean ls -A` shows what is on top. What a later step deletes is still below.",
        "A file .dockerignore beside the Dockerfile lists what stays out of the build context, one name or pattern a "
        "line. A pattern without a folder is meant for the top folder only.",
        "Three lines in .dockerignore: `recordings`, `.env`, `.git`. Then `docker build -t harbour-greeting:clean .`",
    ],
)
def context_clean(snapshot: Snapshot) -> containers.Findings:
    hint = "List it in .dockerignore, or copy only what is needed, and build again. Then no step needs to delete it."
    image, near = snapshot.require("image", CLEAN), snapshot.probes.get("near-dockerignore") or {"ok": False}
    if near["ok"]:
        hint = f"The builder reads .dockerignore and no {near['path']}: rename the file (`mv {near['path']} .dockerignore`), and "
        hint += "build again."
    yield from image_layers.free_of(snapshot, "clean-files", image, UNWANTED, hint, cost=1)


@check(
    "layers-small",
    "Above its dependencies, harbour-greeting:clean adds less than 1 MB",
    needs=["context-clean"],
    hints=[
        '`here.layers("harbour-greeting:clean")` shows what each step adds. The largest bar above pip is the one.',
        "A step that changes the rights or the owner of many files copies them all into its layer. `COPY --chown` and "
        "`COPY --chmod` set both while copying.",
    ],
)
def layers_small(snapshot: Snapshot) -> containers.Findings:
    image = snapshot.require("image", CLEAN)
    installed = image_layers.brought_by(snapshot, "clean-files", image, DEPENDENCIES)
    if not installed:
        yield _nothing_installed(CLEAN)
        return
    hint = "Take the step out, or move its command into the step that adds the files."
    yield from image_layers.small_above(image, installed, LIMIT, "the dependencies", hint)


@check(
    "greets",
    "http://localhost:8002/ answers with the tide, out of harbour-greeting:clean",
    points=2,
    needs=["clean-built"],
    hints=[
        "`docker ps -a` shows whether the container runs, `docker logs harbour-greeting` what it said.",
        "app.py needs waves.csv beside it. A pattern in .dockerignore may take more than you mean.",
        "`docker rm -f harbour-greeting`, then `docker run -d --name harbour-greeting -p 8002:5000 harbour-greeting:clean`.",
    ],
)
def greets(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker rm -f {APP}`, then run {CLEAN} in the background as {APP}, with `-p {PORT}:{INSIDE}`."
    container = snapshot.container(APP)
    if container is None:
        yield from containers.running(snapshot, APP, hint)
        return
    yield from containers.first(
        container_images.runs_image(snapshot, container, CLEAN, hint),
        containers.running(snapshot, APP, hint, f"`docker logs {APP}` says what it misses. Is that file in the image?"),
        container_ports.publishes(container, PORT, INSIDE, hint),
        container_ports.answers(snapshot, "greeting", container, '"tide"', hint),
    )
