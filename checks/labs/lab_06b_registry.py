"""The checks of lab 06b: a registry, a tag that moves and a digest that does not, two platforms, and a known vulnerability."""

import re

from checks.labs import lab_06b_bill as bills
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_images, container_ports, container_storage, containers, registry_images, texts

REGISTRY, SIGN = "harbour-registry", "berth-sign"
PORT, INSIDE = 8066, 5000
ADDRESS = f"localhost:{PORT}/{SIGN}"
DATA, VOLUME = "/var/lib/registry", "harbour-images"
PLATFORMS = ("linux/amd64", "linux/arm64")
# Each name of this machine that the engine takes for the same registry.
BY_DIGEST = re.compile(rf"(?:localhost|127\.0\.0\.1):{PORT}/{SIGN}(?::[\w.-]+)?@(sha256:[0-9a-f]{{64}})")


@check(
    "registry-answers",
    "A registry answers on port 8066, out of the container harbour-registry",
    points=2,
    hints=[
        "`docker ps -a` shows whether harbour-registry runs and which port it publishes. `curl -i http://localhost:8066/v2/` "
        "asks it.",
        "A registry listens on port 5000 in its container. On this machine, the port is 8066.",
        "`docker rm -f harbour-registry` if there is one, then `docker run -d --name harbour-registry -p 127.0.0.1:8066:5000 "
        "-v harbour-images:/var/lib/registry registry:3`.",
    ],
)
def registry_answers(snapshot: Snapshot) -> containers.Findings:
    hint = f"Run registry:3 in the background under this name, with `-p 127.0.0.1:{PORT}:{INSIDE}`."
    container = snapshot.container(REGISTRY)
    if container is None:
        yield from containers.running(snapshot, REGISTRY, hint)
        return
    yield from containers.first(
        container_images.made_from(snapshot, container, "registry:3", hint),
        containers.running(snapshot, REGISTRY, hint),
        container_ports.publishes(container, PORT, INSIDE, hint),
        container_ports.answers(snapshot, "registry", container, "{}", f"`docker logs {REGISTRY}` shows each request."),
    )


@check(
    "images-kept",
    "The registry keeps its images in the volume harbour-images",
    needs=["registry-answers"],
    hints=[
        "`docker container inspect harbour-registry` shows under Mounts where its data is. A volume without a name goes with "
        "the container.",
        "The registry stores everything below /var/lib/registry. Lab 03 mounts a volume with `-v NAME:/FOLDER`.",
        "`docker rm -f harbour-registry`, then `docker run -d --name harbour-registry -p 127.0.0.1:8066:5000 "
        "-v harbour-images:/var/lib/registry registry:3`. Push again what the old one had.",
    ],
)
def images_kept(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.require("container", REGISTRY)
    hint = f"Create it again with `-v {VOLUME}:{DATA}`, and push again what the old one had."
    yield from container_storage.named_volume(container, DATA, hint, name=VOLUME)


@check(
    "pushed",
    "The registry has an image berth-sign:1.0",
    points=2,
    needs=["registry-answers"],
    hints=[
        "`curl http://localhost:8066/v2/_catalog` lists what the registry has, `curl "
        "http://localhost:8066/v2/berth-sign/tags/list` the tags. `docker images` shows only your engine.",
        "The name of an image begins with its registry. An image goes to localhost:8066 only under a name that begins with it.",
        "`docker build -t localhost:8066/berth-sign:1.0 .`, then `docker push localhost:8066/berth-sign:1.0`.",
    ],
)
def pushed(snapshot: Snapshot) -> containers.Findings:
    hint = f"Build it as {ADDRESS}:1.0, and push this name (`docker push`)."
    yield from registry_images.stored(snapshot, "first", hint, _instead(snapshot))


def _instead(snapshot: Snapshot) -> str:
    """What the registry, or else the engine, has instead of the image."""
    listed = {id: texts.json_object(snapshot.probe(id).get("body") or "") for id in ("repositories", "tags")}
    if tags := listed["tags"].get("tags"):
        return f"It has {SIGN} with other tags: {', '.join(map(str, tags))}."
    if repositories := listed["repositories"].get("repositories"):
        return f"It has other repositories: {', '.join(map(str, repositories))}."
    if snapshot.image(f"{ADDRESS}:1.0"):
        return "Your engine has an image of this name. A name alone uploads nothing."
    return ""


@check(
    "runs-by-digest",
    "berth-sign ran the image by its digest, and showed the green flag",
    points=2,
    needs=["pushed"],
    hints=[
        "`docker container inspect berth-sign --format '{{.Config.Image}}'` shows by which name the container was created.",
        "A name with a digest is REGISTRY/NAME@sha256:…. `docker push` printed the digest, and `docker images --digests` lists "
        "those that your engine knows.",
        "`docker rm -f berth-sign` if there is one, then `docker run --name berth-sign localhost:8066/berth-sign@sha256:…` with "
        "the digest of your own push.",
    ],
)
def runs_by_digest(snapshot: Snapshot) -> containers.Findings:
    again = f"Remove it, and run {ADDRESS}@sha256:… with the digest of your own push."
    container = snapshot.container(SIGN)
    if container is None:
        yield from containers.ended(snapshot, SIGN, (0,), f"Run {ADDRESS}@sha256:… under this name, without `--rm`.")
        return
    yield from containers.first(
        _by_digest(container, again),
        containers.ended(snapshot, SIGN, (0,), f"`docker logs {SIGN}` shows what it printed. Run it without another command."),
        containers.said(container, "green flag, open", again),
    )


def _by_digest(container: Json, hint: str) -> containers.Findings:
    used, where = container["Config"]["Image"], containers.subject(container)
    if not BY_DIGEST.fullmatch(used):
        message = f"{SIGN} was created from {used}, not by a digest of {ADDRESS}."
        why = "What a tag refers to may be another image tomorrow. The ID of an image is known to this engine alone."
        yield Finding(message, where, "Config.Image", f"{ADDRESS}@sha256:…", used, why, hint)


@check(
    "tag-moved",
    "berth-sign:1.0 refers to another image by now than the one that berth-sign ran",
    needs=["runs-by-digest"],
    hints=[
        "The container runs what you pushed. Has the colleague pushed since?",
        "`python3 colleague.py` pushes the colleague's image. It prints the digest before and after.",
    ],
)
def tag_moved(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.require("container", SIGN)
    used = BY_DIGEST.fullmatch(container["Config"]["Image"])
    if used and used[1] in registry_images.digests(snapshot, "first"):
        message = f"{SIGN}:1.0 still refers to the image that {SIGN} ran: the tag has not moved."
        hint = "`python3 colleague.py` pushes another image under the same tag."
        yield Finding(message, f"registry/{SIGN}:1.0", "digest", "another digest than the container's", used[1], hint=hint)


@check(
    "two-platforms",
    "berth-sign:2.0 is an index with images for linux/amd64 and linux/arm64",
    points=2,
    needs=["registry-answers"],
    hints=[
        "`docker buildx imagetools inspect localhost:8066/berth-sign:2.0` shows what the tag refers to, and for which platforms.",
        "`docker build --platform` builds for one platform. Push each image under its own tag, then create an index of both.",
        "`docker buildx imagetools create --tag localhost:8066/berth-sign:2.0 localhost:8066/berth-sign:2.0-amd64 "
        "localhost:8066/berth-sign:2.0-arm64`, after you have built and pushed these two.",
    ],
)
def two_platforms(snapshot: Snapshot) -> containers.Findings:
    hint = f"Push one image for each platform, then create the index {ADDRESS}:2.0 of both."
    yield from containers.first(
        registry_images.stored(snapshot, "both", hint),
        registry_images.for_platforms(snapshot, "both", PLATFORMS, hint, cost=1),
    )


@check(
    "two-programs",
    "Each image of berth-sign:2.0 contains a program for its platform",
    points=2,
    needs=["two-platforms"],
    hints=[
        "`docker run --rm --platform linux/arm64 localhost:8066/berth-sign:2.0` fails on another CPU if the "
        "program is right. Does it print a sign?",
        "The builder stage runs on this machine's platform, so Go compiles for this machine unless GOOS and GOARCH say "
        "otherwise. BuildKit gives TARGETOS and TARGETARCH to a stage that declares them with ARG.",
        "`ARG TARGETOS` and `ARG TARGETARCH` in the builder stage, and `GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /sign .`",
    ],
)
def two_programs(snapshot: Snapshot) -> containers.Findings:
    why = "`--platform` sets what the image says of itself. What the compiler makes is set by GOOS and GOARCH."
    hint = "Compile for TARGETOS and TARGETARCH, build both images again, push them, and create the index again."
    yield from registry_images.programs(snapshot, "both", hint, why)


@check(
    "bill-written",
    "sbom.cdx.json lists the components of berth-sign:2.1 as the registry has it",
    points=2,
    needs=["registry-answers"],
    hints=[
        "A bill of materials names the image that it describes by digest, under metadata.component. Compare it with what "
        "`docker buildx imagetools inspect localhost:8066/berth-sign:2.1` says.",
        "`python3 sbom.py berth-sign:2.1` prints the bill. `>` writes what a command prints into a file.",
        "After the last push of 2.1: `python3 sbom.py berth-sign:2.1 > sbom.cdx.json`.",
    ],
)
def bill_written(snapshot: Snapshot) -> containers.Findings:
    hint = f"Build version 2.1 of the sign for both platforms, push it, and create the index {ADDRESS}:2.1."
    yield from containers.first(registry_images.stored(snapshot, "fixed", hint), bills.describes(snapshot))


@check(
    "fix-shipped",
    "berth-sign:2.1 is for both platforms and has no component with a known vulnerability",
    points=2,
    needs=["bill-written", "two-platforms"],
    hints=[
        "`python3 audit.py sbom.cdx.json` compares the bill with advisories.json, and names the version with the fix.",
        "go.mod says which version of a module is built in: one line, after `require`. An image has to be built again to get it.",
        "`require harbour.example/flags v1.2.1` in go.mod. Then build and push 2.1 as you did 2.0, and write the bill again.",
    ],
)
def fix_shipped(snapshot: Snapshot) -> containers.Findings:
    hint = f"Build it for each platform, push both, and create the index {ADDRESS}:2.1."
    yield from containers.first(
        bills.unaffected(snapshot),
        registry_images.for_platforms(snapshot, "fixed", PLATFORMS, hint, cost=1),
        _rebuilt(snapshot),
    )


def _rebuilt(snapshot: Snapshot) -> containers.Findings:
    """No image of 2.1 is one of 2.0, in which the vulnerability is."""
    old, new = (registry_images.layers(snapshot, probe) for probe in ("both", "fixed"))
    for platform in PLATFORMS:
        if old.get(platform) == new.get(platform):
            message = f"The image of {SIGN}:2.1 for {platform} contains the same files as that of {SIGN}:2.0."
            hint = "Change the version in go.mod, and build again for both platforms."
            yield Finding(
                message, f"registry/{SIGN}:2.1", "rootfs.diff_ids", "other layers", new.get(platform), hint=hint, cost=1
            )
