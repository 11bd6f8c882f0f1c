"""The catalogue: whole, in order, and helpful about names that it does not know."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from sandboxes import images
from sandboxes.errors import Exit, SlipwayError
from sandboxes.images.catalogue import Image, recipe_hash

# The package's `catalogue` is the function of that name.
catalogue = import_module("sandboxes.images.catalogue")


def test_every_image_has_a_recipe_and_what_it_needs_comes_before_it() -> None:
    seen: set[str] = set()
    for reference, image in images.catalogue().items():
        assert image.reference == reference
        assert image.purpose and len(image.purpose) <= 76
        assert image.name and image.tag
        assert image.megabytes > 0
        assert image.recipe == "debian" or (image.folder / "Dockerfile").is_file()
        assert set(image.needs) <= seen, f"{reference} stands before what it needs"
        seen.add(reference)


def test_every_recipe_belongs_to_an_image() -> None:
    folders = {path.name for path in catalogue.RECIPES.iterdir() if path.is_dir()} - {"shared"}
    assert folders == {image.recipe for image in images.catalogue().values()}


def test_recipes_use_only_images_that_they_declare() -> None:
    for image in images.catalogue().values():
        if image.recipe != "debian":
            assert bases(image) == set(image.needs), image.reference


def bases(image: Image) -> set[str]:
    """What the last stage of a recipe is made from, through all stages that it uses."""
    text = (image.folder / "Dockerfile").read_text()
    for name, value in image.arguments.items():
        text = text.replace(f"${{{name}}}", value)
    stages: dict[str, set[str]] = {}
    for stage in re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]:
        words = stage.split("\n", 1)[0].split()
        used = {words[1], *re.findall(r"^COPY --from=(\S+)", stage, re.MULTILINE)}
        last = set().union(*(stages.get(each, {each}) for each in used)) - {"scratch"}
        stages[words[3] if len(words) > 2 else ""] = last
    return last


def test_a_node_of_another_version_is_built_with_that_version() -> None:
    usual = next(image for image in images.catalogue().values() if image.arguments.get("PART") == "node")
    other = images.find("kindest/node:v1.37.9")
    assert other.arguments == {**usual.arguments, "KUBERNETES": "v1.37.9"} and other.reference == "kindest/node:v1.37.9"
    assert usual.tag == usual.arguments["KUBERNETES"]
    assert recipe_hash(other) != recipe_hash(usual)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("python:3.11", "python:3.11-slim"),
        ("redis", "redis:7"),
        ("postgress:15", "postgres:15"),
        ("ngnix:1.22", "nginx:1.22"),
    ],
)
def test_an_unknown_image_gets_the_nearest_suggested(wrong: str, right: str) -> None:
    with pytest.raises(SlipwayError) as caught:
        images.find(wrong)
    assert caught.value.exit_code is Exit.WRONG_USAGE
    assert caught.value.fix == f"Did you mean {right}?"


def test_a_name_like_no_other_gets_the_list() -> None:
    with pytest.raises(SlipwayError, match="They are: debian:bookworm-slim, "):
        images.find("zzz")


def test_a_recipe_is_known_by_its_content_its_arguments_and_its_bases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "RECIPES", tmp_path)
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "Dockerfile").write_text("FROM base:1\n")
    base, top = Image("base:1", "", "base", 1), Image("top:1", "", "top", 1, ("base:1",))
    monkeypatch.setattr(catalogue, "catalogue", lambda: {"base:1": base, "top:1": top})
    before = recipe_hash(top)
    assert recipe_hash(top) == before
    assert recipe_hash(Image("top:1", "", "top", 1, ("base:1",), {"A": "1"})) != before
    (tmp_path / "base" / "Dockerfile").write_text("FROM scratch\nCMD x\n")
    assert recipe_hash(top) != before


def test_a_wrong_source_is_refused_before_anything_is_done() -> None:
    with pytest.raises(SlipwayError, match="auto, pull, build"):
        images.ensure([], source="steal")


def test_the_package_is_light() -> None:
    heavy = {"docker", "requests", "rich", "tarfile", "http.client"}
    script = f"import sys, sandboxes.images; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "[]\n"
