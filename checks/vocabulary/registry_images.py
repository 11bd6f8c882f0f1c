"""Images in a registry: whether a tag refers to one, for which platforms, and what is in them.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
A probe of the kind `registry_image` asks the registry.
"""

from collections.abc import Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings

NOT_FOUND = 404


def name(probe: Json) -> str:
    """Return the image that a probe asked for, as people write it.

    Example:
        registry_images.name({"request": "GET http://localhost:5000/v2/web/manifests/1"})
        # 'web:1'
    """
    repository, _, reference = probe["request"].partition("/v2/")[2].rpartition("/manifests/")
    return f"{repository}{'@' if ':' in reference else ':'}{reference}"


def stored(snapshot: Snapshot, probe_id: str, hint: str, why: str = "") -> Findings:
    """Yield a finding unless the registry has the image of the probe, with everything that it consists of.

    Example:
        yield from registry_images.stored(snapshot, "first", "`docker push` uploads it.")
        # The registry has no image web:1.
    """
    probe = snapshot.probe(probe_id)
    if probe["ok"]:
        return
    wanted = name(probe)
    message = f"The registry has no image {wanted}."
    if probe["status"] == 0:
        message = f"{probe['request']} gets no answer: {probe['error']}."
    elif probe["status"] != NOT_FOUND:
        message = f"What the registry has as {wanted} is incomplete, or no image: {probe['error']}."
    yield Finding(message, f"registry/{wanted}", probe["request"], "an image", probe["error"], why, hint)


def for_platforms(snapshot: Snapshot, probe_id: str, platforms: Sequence[str], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the probe's image is an index with an image for each platform, which was built for it.

    Example:
        yield from registry_images.for_platforms(snapshot, "both", ["linux/amd64", "linux/arm64"], "Create an index.")
        # web:2 has no image for linux/arm64.
    """
    probe = snapshot.probe(probe_id)
    wanted, where = name(probe), f"registry/{name(probe)}"
    built = [image["platform"] for image in probe["images"]]
    if not probe["index"]:
        message = f"{wanted} is a single image, for {', '.join(built)}. It is not an index."
        why = "A tag refers to one image or to one index. A second push to the same tag replaces what it referred to."
        yield Finding(message, where, "manifests", list(platforms), built, why, hint, cost=cost)
        return
    for image in probe["images"]:
        if image["named"] != image["platform"]:
            message = f"{wanted} lists an image for {image['named']} that was built for {image['platform']}."
            yield Finding(message, where, image["digest"], image["named"], image["platform"], hint=hint, cost=cost)
    for platform in platforms:
        if platform not in [image["named"] for image in probe["images"]]:
            yield Finding(f"{wanted} has no image for {platform}.", where, "manifests", platform, built, hint=hint, cost=cost)


def layers(snapshot: Snapshot, probe_id: str) -> dict[str, list[str]]:
    """Return the digests of the unpacked layers of the probe's images, by the platform that each was built for.

    Example:
        registry_images.layers(snapshot, "both")
        # {'linux/amd64': ['sha256:6f1c…'], 'linux/arm64': ['sha256:91ab…']}
    """
    return {image["platform"]: image["layers"] for image in snapshot.probe(probe_id)["images"]}


def digests(snapshot: Snapshot, probe_id: str) -> list[str]:
    """Return the digests by which the probe's image can be pulled: its own, and in an index that of each image.

    Example:
        registry_images.digests(snapshot, "first")
        # ['sha256:6f1c…']
    """
    probe = snapshot.probe(probe_id)
    own = [probe["digest"]] if probe["digest"] else []
    return list(dict.fromkeys([*own, *(image["digest"] for image in probe["images"])]))


def programs(snapshot: Snapshot, probe_id: str, hint: str, why: str = "") -> Findings:
    """Yield a finding for each program in the probe's images that is for another CPU than its image.

    The probe has `programs = true`.

    Example:
        yield from registry_images.programs(snapshot, "both", "Compile for TARGETARCH.")
        # /web in the image of web:2 for linux/arm64 is a program for amd64.
    """
    probe = snapshot.probe(probe_id)
    wanted = name(probe)
    for image in probe["images"]:
        architecture = image["platform"].rpartition("/")[2]
        for path, machine in sorted(image["programs"].items()):
            if machine != architecture:
                message = f"{path} in the image of {wanted} for {image['platform']} is a program for {machine}."
                yield Finding(message, f"registry/{wanted}", path, architecture, machine, why, hint)
