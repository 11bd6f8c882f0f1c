"""The vocabulary of layers: what an edit left as it was, which files lie in which layer, what a layer takes.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. Files are
known through a probe of the kind `image_files`.
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
    """The files in the probe's image whose path matches a pattern. Raises Unknown where there is no such image."""
    seen = snapshot.probe(probe)
    if not seen["ok"]:
        raise Unknown(f"the image {seen['image']} could not be looked into: {seen['error']}")
    wanted = tuple(patterns)
    found = [each for each in seen["files"] if any(fnmatchcase(each["path"].lstrip("/"), one) for one in wanted)]
    return [each for each in found if not _name(each).startswith(DELETED)]


def _name(file: Json) -> str:
    return file["path"].rpartition("/")[2]


def digests_with(snapshot: Snapshot, probe: str, image: Json, patterns: Iterable[str]) -> list[str]:
    """The digests of the image's layers in which such files lie, lowest first."""
    numbers = sorted({each["layer"] for each in files(snapshot, probe, patterns)})
    return [image["RootFS"]["Layers"][number] for number in numbers]


def brought_by(snapshot: Snapshot, probe: str, image: Json, patterns: Iterable[str]) -> str:
    """The digest of the lowest layer with which each pattern has been met, there or below; empty where none is met."""
    firsts = [min((each["layer"] for each in files(snapshot, probe, [one])), default=-1) for one in patterns]
    return image["RootFS"]["Layers"][max(firsts)] if max(firsts) >= 0 else ""


def maker(image: Json, digest: str) -> str:
    """The instruction that made a layer, with what the layer takes."""
    step = next(step for step in image_history.steps(image) if step.layer == digest)
    return f"{step.instruction} ({size(step.size)})"


def layers_kept(before: Json, after: Json, digests: list[str], what: str, hint: str) -> Findings:
    """These layers of the image `after` are the very ones of `before`: nothing of them was made again."""
    fresh = [digest for digest in digests if digest not in before["RootFS"]["Layers"]]
    if not fresh:
        return
    old, new = ((image.get("RepoTags") or [image["Id"]])[0] for image in (before, after))
    first = image_history.steps(after)[image_history.foundation([before, after])]
    message = f"The layer with {what} was made again for {new}: {maker(after, fresh[0])}."
    why = "All steps before it are the same: it differs itself, or in what it was given."
    if first.layer != fresh[0]:
        step = f"`{first.instruction}`"
        why = f"The first step that is not the same in both is {step}. From there on, nothing is reused."
    expected = f"the same layer as in {old}"
    yield Finding(message, f"image/{new}", "RootFS.Layers", expected, fresh, why, hint)


def free_of(snapshot: Snapshot, probe: str, image: Json, unwanted: dict[str, tuple[str, ...]], hint: str, cost: int) -> Findings:
    """In no layer of the probe's image lies a file that is not wanted; `unwanted` has patterns by what they mean."""
    reference = snapshot.probe(probe)["image"]
    for name, patterns in unwanted.items():
        found = files(snapshot, probe, patterns)
        if not found:
            continue
        digest = image["RootFS"]["Layers"][found[0]["layer"]]
        taken = f"{len(found)} file{'s' if len(found) > 1 else ''}, {size(sum(each['size'] for each in found))}"
        message = f"{reference} holds {name}: {taken}, brought by {maker(image, digest)}."
        why = ""
        if _deleted(snapshot, probe, found):
            why = "A later step deletes it. That hides it, no more: the layer below holds it still, and travels along."
        paths = [each["path"] for each in found]
        yield Finding(message, f"image/{reference}", "files", "no such file in any layer", paths, why, hint, cost=cost)


def _deleted(snapshot: Snapshot, probe: str, found: list[Json]) -> bool:
    """Whether a layer deletes one of these files, or a folder that it lies in."""
    marks = [each["path"] for each in snapshot.probe(probe)["files"] if _name(each).startswith(DELETED)]
    hidden = [path.replace(f"/{DELETED}", "/") for path in marks]
    return any(f"{each['path']}/".startswith(f"{path}/") for each in found for path in hidden)


def small_above(image: Json, digest: str, limit: int, what: str, hint: str) -> Findings:
    """All that the image adds above this layer takes less than `limit` bytes."""
    steps = image_history.steps(image)
    above = steps[next(at for at, step in enumerate(steps) if step.layer == digest) + 1 :]
    total = sum(step.size for step in above)
    if total < limit:
        return
    largest = max(above, key=lambda step: step.size)
    name = (image.get("RepoTags") or [image["Id"]])[0]
    message = f"Above {what}, {name} adds {size(total)}, most of it by {largest.instruction} ({size(largest.size)})."
    why = ""
    if largest.verb == "RUN":
        why = "A file that a step changes, be it only its rights or its owner, is copied whole into that step's layer."
    yield Finding(message, f"image/{name}", "History", f"less than {size(limit)}", size(total), why, hint)
