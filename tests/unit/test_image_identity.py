"""Whether a container runs an image: by content, on the engine's own image store and on containerd's."""

import json

import pytest
from docker_recordings import container, findings, outcome, recorded

from checks.model import Outcome
from checks.probes import node_images
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_images, image_history
from sandboxes.cluster import load
from sandboxes.engine.endpoint import Endpoint

NEW, MANIFEST = f"sha256:{'b' * 64}", f"sha256:{'c' * 64}"
LATER = "2026-01-01T11:59:59.999999999Z"
# Labs whose checks compare a container with the image of a tag, with that check.
COMPARED = {
    "01": ("my-running-app", "my-python-app", "same-image"),
    "02": ("harbour-greeting", "harbour-greeting:clean", "greets"),
    "06": ("tide-clock", "tide-clock:small", "answers"),
    "07": ("harbour-api", "harbour-api:1", "answers"),
    "09b": ("slipway-east-web-1", "harbour-hello:3", "no-gap"),
}
STORES = ("own store", "containerd before 28", "containerd since 28")
each_lab = pytest.mark.parametrize("number", COMPARED)
each_store = pytest.mark.parametrize("store", STORES)


def built_again(number: str, store: str, same: bool) -> Snapshot:
    """A solved lab whose image was built again: from the cache (`same`), or with another last layer, after the container."""
    name, reference, _ = COMPARED[number]
    snapshot = recorded(number)
    image = snapshot.require("image", reference)
    old = image["Id"]
    images = snapshot.objects["image"]
    images[NEW] = {**image, "Id": NEW, "RootFS": {**image["RootFS"], "Layers": list(image["RootFS"]["Layers"])}}
    if not same:
        images[NEW]["RootFS"]["Layers"][-1] = NEW
        images[NEW]["Created"] = LATER
    if store == "own store":
        images[old] = {**image, "RepoTags": []}
    else:
        del images[old]
    if store == "containerd since 28":
        _describe(images[NEW], container(snapshot, name), same)
    return snapshot


def _describe(image: Json, own: Json, same: bool) -> None:
    """What Docker 28 adds: the manifest of the container, and those of the image, that of its attestation included."""
    manifests = [(MANIFEST if same else NEW, "image"), (f"sha256:{'d' * 64}", "attestation")]
    image["Manifests"] = [{"Descriptor": {"digest": digest}, "Kind": kind} for digest, kind in manifests]
    own["ImageManifestDescriptor"] = {"digest": MANIFEST}


@each_store
@each_lab
def test_container_of_a_cached_rebuild_passes(number: str, store: str) -> None:
    snapshot, (*_, check) = built_again(number, store, same=True), COMPARED[number]
    assert outcome(snapshot, check) is Outcome.PASSED, findings(snapshot, check)


@each_store
@each_lab
def test_container_of_an_older_build_does_not_pass(number: str, store: str) -> None:
    snapshot, (*_, check) = built_again(number, store, same=False), COMPARED[number]
    assert "refers to now" in findings(snapshot, check)[0].message


def test_image_that_was_not_there_first_is_another_one_before_docker_28() -> None:
    snapshot = built_again("01", "containerd before 28", same=True)
    image, own = snapshot.objects["image"][NEW], container(snapshot, "my-running-app")
    assert container_images.has_content_of(snapshot, own, image)
    image["Config"] = {**image["Config"], "Env": [*image["Config"]["Env"], "TIDE=high"]}
    assert not container_images.has_content_of(snapshot, own, image), "the container has no such variable"
    own["Config"]["Env"].append("TIDE=high")
    assert container_images.has_content_of(snapshot, own, image)
    own["Config"]["Image"] = "another-app"
    assert not container_images.has_content_of(snapshot, own, image), "the container was created from another tag"


def test_image_kept_names_an_image_that_was_built_again() -> None:
    snapshot = built_again("07", "containerd before 28", same=False)
    own = container(snapshot, "harbour-api")
    (finding,) = container_images.image_kept(snapshot, own, "hint")
    assert "exists no longer" in finding.message
    snapshot.objects["image"][NEW]["Created"] = "2026-01-01T00:00:00Z"
    assert not list(container_images.image_kept(snapshot, own, "hint"))


@pytest.mark.parametrize(
    ("number", "project", "service", "check"),
    [("05b", "slipway-lodge", "web", "password-kept-out"), ("09c", "slipway-quay", "board", "small")],
)
def test_image_of_a_service_that_is_gone_is_a_finding_and_no_fault(number: str, project: str, service: str, check: str) -> None:
    snapshot = recorded(number)
    own = container(snapshot, f"{project}-{service}-1")
    image = snapshot.objects["image"].pop(own["Image"])
    snapshot.objects["image"][NEW] = {**image, "Id": NEW, "Created": LATER}
    assert "exists no longer" in findings(snapshot, check)[0].message


def test_small_counts_what_the_files_take_and_not_the_compressed_layers() -> None:
    snapshot = recorded("09c")
    own = container(snapshot, "slipway-quay-board-1")
    image = snapshot.objects["image"][own["Image"]]
    image["History"][0]["Size"] += 30_000_000
    assert image["Size"] < 20_000_000 < image_history.unpacked(image)
    assert "takes" in findings(snapshot, "small")[0].message


def test_image_on_a_node_counts_by_its_manifest_when_only_the_index_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    attestation = f"sha256:{'d' * 64}"
    index = {"manifests": [{"digest": MANIFEST}, {"digest": attestation}]}
    old = f"sha256:{'a' * 64}"
    monkeypatch.setattr(load.nodes, "run", lambda *_, **__: f"docker.io/library/web:1 {old} {json.dumps(index)}\n")
    (digests,) = load.present(Endpoint("unix:///x"), "node", ["web:1"]).values()
    manifests = [
        {"Descriptor": {"digest": MANIFEST}, "Kind": "image"},
        {"Descriptor": {"digest": attestation}, "Kind": "attestation"},
    ]
    rebuilt = {"Id": NEW, "Manifests": manifests}
    assert node_images.identities(rebuilt) & set(digests) == {MANIFEST}
    assert not node_images.identities({"Id": NEW, "Manifests": manifests[1:]}) & set(digests)
    assert node_images.identities({"Id": old}) & set(digests) == {old}
