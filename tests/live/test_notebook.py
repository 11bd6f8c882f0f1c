"""What a notebook shows of images and of times, on the real engine."""

import pytest
from sample_lab import NAME, SampleLab, docker

from checks.notebook import Here


@pytest.fixture
def here(tiny: SampleLab) -> Here:
    return Here(tiny.lab)


def test_layers_of_an_image_of_the_lab_and_of_its_base(here: Here, tiny: SampleLab) -> None:
    docker("build", "--quiet", "--tag", f"{NAME}:one", str(tiny.folder))
    shown = here.layers(f"{NAME}:one")
    assert "FROM busybox:1.35" in shown.plain and "FROM busybox:1.35" in shown.bundle["text/html"]
    both = here.layers(f"{NAME}:one", "busybox:1.35")
    assert "Shared by both, stored once" in both.plain
    docker("rmi", f"{NAME}:one")
    assert f"no image called {NAME}:one yet" in here.layers(f"{NAME}:one").plain


@pytest.mark.parametrize("names", [(), ("a", "b", "c", "d")])
def test_layers_wants_one_to_three_images(here: Here, names: tuple[str, ...]) -> None:
    assert "shows one to 3 images" in here.layers(*names).plain


@pytest.mark.parametrize("name", ["debian:bookworm-slim", "../../info", ""])
def test_layers_of_what_is_not_the_labs_are_not_shown(here: Here, name: str) -> None:
    assert "is not an image of this lab" in here.layers(name).plain


def test_a_command_is_timed_in_the_labs_folder(here: Here, tiny: SampleLab) -> None:
    first = here.time("touch", "echo begun; touch made; echo done >&2")
    assert (tiny.folder / "made").exists() and "- touch: 0." in first.plain
    assert "begun\ndone" in first.bundle["text/html"]
    both = here.time("sleep", "sleep 0.4").plain
    assert "- touch: 0." in both and "- sleep: 0." in both and float(both.split("sleep: ")[1].split()[0]) >= 0.4


def test_a_command_that_fails_is_not_timed(here: Here) -> None:
    failed = here.time("wrong", "echo the reason >&2; exit 3").plain
    assert "wrong failed with exit code 3" in failed and "the reason" in failed
    assert "wrong" not in here.time("right", "true").plain
