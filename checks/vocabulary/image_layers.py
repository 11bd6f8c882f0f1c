"""The layers of an image: what the build cache kept, which files they contain, how large they are.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
A probe of the kind `image_files` lists the files.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import image_history
from checks.vocabulary.containers import Findings
from checks.vocabulary.image_history import size

# How a layer says that it deletes a file of a lower one: a file with this before its name.
DELETED = ".wh."


def files(snapshot: Snapshot, probe: str, patterns: Iterable[str]) -> list[Json]:
    """Return the files of the probe's image (`image_files`) whose path matches one of the patterns.

    Each has "path", "layer" (0 is the lowest) and "size" in bytes. Raises Unknown if the image could not be read.

    Example:
        image_layers.files(snapshot, "clean-files", ["*/__pycache__/*"])
        # [{'path': '/app/__pycache__/app.pyc', 'layer': 5, 'size': 1234}]
    """
    seen = snapshot.probe(probe)
    if not seen["ok"]:
        raise Unknown(f"the image {seen['image']} could not be looked into: {seen['error']}")
    wanted = tuple(patterns)
    matching = [file for file in seen["files"] if any(fnmatchcase(file["path"].lstrip("/"), one) for one in wanted)]
    return [file for file in matching if not _name(file).startswith(DELETED)]


def _name(file: Json) -> str:
    return file["path"].rpartition("/")[2]


def digests_with(snapshot: Snapshot, probe: str, image: Json, patterns: Iterable[str]) -> list[str]:
    """Return the digests of the image's layers that contain such files, the lowest first.

    Example:
        image_layers.digests_with(snapshot, "after-files", image, ["*/site-packages/*"])
        # ['sha256:6f1c…']
    """
    numbers = sorted({file["layer"] for file in files(snapshot, probe, patterns)})
    return [image["RootFS"]["Layers"][number] for number in numbers]


def brought_by(snapshot: Snapshot, probe: str, image: Json, patterns: Iterable[str]) -> str:
    """Return the digest of the lowest layer up to which every pattern has matched a file; "" if none matches.

    Example:
        image_layers.brought_by(snapshot, "after-files", image, ["app/app.py", "app/templates/*"])
        # 'sha256:6f1c…'
    """
    firsts = [min((file["layer"] for file in files(snapshot, probe, [one])), default=-1) for one in patterns]
    return image["RootFS"]["Layers"][max(firsts)] if max(firsts) >= 0 else ""


def maker(image: Json, digest: str) -> str:
    """Return the instruction that created a layer, with the layer's size.

    Example:
        image_layers.maker(image, digest)
        # 'RUN pip install flask (12.4 MB)'
    """
    step = next(step for step in image_history.steps(image) if step.layer == digest)
    return f"{step.instruction} ({size(step.size)})"


def layers_kept(before: Json, after: Json, digests: list[str], what: str, hint: str) -> Findings:
    """Yield a finding unless these layers of the image `after` are in `before` as well, so that the cache was used for them.

    Example:
        yield from image_layers.layers_kept(before, after, digests, "the dependencies", "Copy requirements.txt first.")
        # The layer with the dependencies was rebuilt for harbour-web:2: RUN pip install flask (12.4 MB).
    """
    fresh = [digest for digest in digests if digest not in before["RootFS"]["Layers"]]
    if not fresh:
        return
    old, new = ((image.get("RepoTags") or [image["Id"]])[0] for image in (before, after))
    first = image_history.steps(after)[image_history.foundation([before, after])]
    message = f"The layer with {what} was rebuilt for {new}: {maker(after, fresh[0])}."
    why = "All steps before it are the same: the step itself differs, or its input."
    if first.layer != fresh[0]:
        step = f"`{first.instruction}`"
        why = f"The first step that differs is {step}. From there on, no layer is reused."
        instructions = ([made.instruction for made in image_history.steps(image)] for image in (before, after))
        if next(instructions) == next(instructions):
            why += " Both images have the same instructions: its files differ, or the build did without the cache (`--no-cache`)."
    expected = f"the same layer as in {old}"
    yield Finding(message, f"image/{new}", "RootFS.Layers", expected, fresh, why, hint)


def free_of(snapshot: Snapshot, probe: str, image: Json, unwanted: dict[str, tuple[str, ...]], hint: str, cost: int) -> Findings:
    """Yield a finding for each kind of unwanted file that is in any layer of the probe's image, deleted ones included.

    `unwanted` has the patterns by what they mean; each finding takes off `cost` points.

    Example:
        yield from image_layers.free_of(snapshot, "files", image, {"a Git repository": (".git/*",)}, "Add .dockerignore.", 1)
        # harbour-clean contains a Git repository: 24 files, 31.2 kB, added by COPY . . (31.2 kB).
    """
    reference = snapshot.probe(probe)["image"]
    for name, patterns in unwanted.items():
        unwanted_files = files(snapshot, probe, patterns)
        if not unwanted_files:
            continue
        digest = image["RootFS"]["Layers"][unwanted_files[0]["layer"]]
        bytes_taken = sum(file["size"] for file in unwanted_files)
        taken = f"{len(unwanted_files)} file{'s' if len(unwanted_files) > 1 else ''}, {size(bytes_taken)}"
        message = f"{reference} contains {name}: {taken}, added by {maker(image, digest)}."
        why = ""
        if _deleted(snapshot, probe, unwanted_files):
            why = "A later step deletes it, which only hides it: the layer below still contains it and is part of every pull."
        paths = [file["path"] for file in unwanted_files]
        yield Finding(message, f"image/{reference}", "files", "no such file in any layer", paths, why, hint, cost=cost)


def _deleted(snapshot: Snapshot, probe: str, hidden_files: list[Json]) -> bool:
    """Whether a layer deletes one of these files, or a folder that contains it."""
    marks = [file["path"] for file in snapshot.probe(probe)["files"] if _name(file).startswith(DELETED)]
    hidden = [path.replace(f"/{DELETED}", "/") for path in marks]
    return any(f"{hit['path']}/".startswith(f"{path}/") for hit in hidden_files for path in hidden)


def small_above(image: Json, digest: str, limit: int, what: str, hint: str) -> Findings:
    """Yield a finding unless all that the image adds on top of this layer is smaller than `limit` bytes.

    Example:
        yield from image_layers.small_above(image, digest, 100_000, "the dependencies", "Use COPY --chown.")
        # On top of the dependencies, harbour-web:2 adds 12.4 MB, most of it in RUN chown -R 1000 /app (12.4 MB).
    """
    steps = image_history.steps(image)
    above = steps[next(at for at, step in enumerate(steps) if step.layer == digest) + 1 :]
    total = sum(step.size for step in above)
    if total < limit:
        return
    largest = max(above, key=lambda step: step.size)
    name = (image.get("RepoTags") or [image["Id"]])[0]
    message = f"On top of {what}, {name} adds {size(total)}, most of it in {largest.instruction} ({size(largest.size)})."
    why = ""
    if largest.verb == "RUN":
        why = "A file that a step changes, even if only its permissions or owner, is copied whole into that step's layer."
    yield Finding(message, f"image/{name}", "History", f"less than {size(limit)}", size(total), why, hint)
