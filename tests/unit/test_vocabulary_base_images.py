"""The words of base images: what an image is built on, however its name is written."""

import pytest

from checks.snapshot import Json
from checks.vocabulary import base_images

BASE = "python:3.11-slim"


def image(python: str = "3.11.9") -> Json:
    return {"Config": {"Env": [f"PYTHON_VERSION={python}"]}}


@pytest.mark.parametrize("name", [BASE, f"docker.io/library/{BASE}", f"library/{BASE}", f"{BASE}@sha256:{'0' * 64}"])
def test_built_on_accepts_every_name_of_the_base(name: str) -> None:
    assert not list(base_images.built_on(image(), "web", BASE, f"FROM {name}\n", "hint"))


def test_built_on_looks_at_the_image_without_a_dockerfile() -> None:
    assert not list(base_images.built_on(image(), "web", BASE, "", "hint"))
    (finding,) = base_images.built_on(image("3.12.1"), "web", BASE, "", "hint")
    assert finding.observed == {"FROM": "no FROM", "PYTHON_VERSION": "3.12.1"}


@pytest.mark.parametrize("name", ["python:3.11", "docker.io/someone/python:3.11-slim", "debian:bookworm-slim"])
def test_built_on_refuses_another_base(name: str) -> None:
    (finding,) = base_images.built_on(image(), "web", BASE, f"FROM {name}\n", "hint", cost=1)
    assert finding.message == "web is not built on python:3.11-slim." and finding.cost == 1
