"""Images in a registry: what the findings say about answers that no near miss of a lab has."""

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import registry_images

ASKED = "GET http://localhost:5000/v2/harbour/web/manifests/2.0"
AMD, ARM = "linux/amd64", "linux/arm64"


def snapshot(**probe: object) -> Snapshot:
    answer = {"request": ASKED, "ok": True, "error": "", "status": 200, "digest": "sha256:aa", "index": True, "images": []}
    return Snapshot("90-tiny", "2026-01-01T12:00:00Z", probes={"it": {**answer, **probe}})


def image(named: str, platform: str = "", **programs: str) -> Json:
    return {
        "named": named,
        "platform": platform or named,
        "digest": f"sha256:{named}",
        "layers": ["sha256:1"],
        "programs": programs,
    }


def platforms(**probe: object) -> list[Finding]:
    return list(registry_images.for_platforms(snapshot(**probe), "it", [AMD, ARM], "Do it."))


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        ({"status": 404, "error": "status 404"}, "The registry has no image harbour/web:2.0."),
        ({"status": 0, "error": "refused"}, f"{ASKED} gets no answer: refused."),
        ({"error": "blobs/sha256:bb: status 404"}, "What the registry has as harbour/web:2.0 is incomplete, or no image: blobs"),
    ],
)
def test_an_image_that_is_not_there(probe: Json, words: str) -> None:
    [finding] = registry_images.stored(snapshot(ok=False, **probe), "it", "Push it.", "Only tagged.")
    assert finding.message.startswith(words)
    assert (finding.subject, finding.why, finding.hint) == ("registry/harbour/web:2.0", "Only tagged.", "Push it.")


def test_an_image_by_digest_is_named_with_its_digest() -> None:
    assert registry_images.name({"request": "GET http://localhost:5000/v2/web/manifests/sha256:aa"}) == "web@sha256:aa"


def test_an_index_for_both_platforms_and_more() -> None:
    assert platforms(images=[image(ARM), image("linux/s390x"), image(AMD)]) == []


def test_an_image_that_is_listed_for_another_platform() -> None:
    [finding] = platforms(images=[image(AMD), image(ARM, AMD)])
    assert finding.message == "harbour/web:2.0 lists an image for linux/arm64 that was built for linux/amd64."


def test_a_single_image_and_an_index_without_any() -> None:
    [single] = platforms(index=False, images=[image("", AMD)])
    assert single.message == "harbour/web:2.0 is a single image, for linux/amd64. It is not an index."
    assert [finding.expected for finding in platforms()] == [AMD, ARM]


def test_programs_for_another_cpu() -> None:
    images = [image(AMD, web="amd64"), image(ARM, web="arm64", bell="amd64"), image("linux/arm", web="arm")]
    [finding] = registry_images.programs(snapshot(images=images), "it", "Compile for it.")
    assert finding.message == "bell in the image of harbour/web:2.0 for linux/arm64 is a program for amd64."


def test_digests_and_layers_of_an_index() -> None:
    both = snapshot(images=[image(AMD), image(ARM)])
    assert registry_images.digests(both, "it") == ["sha256:aa", f"sha256:{AMD}", f"sha256:{ARM}"]
    assert registry_images.layers(both, "it") == {AMD: ["sha256:1"], ARM: ["sha256:1"]}
    assert registry_images.digests(snapshot(digest=""), "it") == []
