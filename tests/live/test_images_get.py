"""Getting images on a real engine: fall-back, order, one at a time, interruption, and what is said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from images_box import docker, must
from images_support import free_port
from rich.console import Console

from sandboxes import images
from sandboxes.errors import SlipwayError
from sandboxes.images import registry_cache
from sandboxes.images.catalogue import Image
from sandboxes.steps import Progress

pytestmark = pytest.mark.live

# The package's `catalogue` is the function of that name.
catalogue = import_module("sandboxes.images.catalogue")
NAME = f"slipway-images-test-{os.getpid()}"
BASE, TOP = f"{NAME}-base:1", f"{NAME}-top:1"
RECIPES = {
    "base": 'FROM scratch\nCOPY Dockerfile /base\nCMD ["/base"]\n',
    "top": f"FROM {BASE}\nCOPY Dockerfile /top\n",
    "broken": f"FROM {BASE}\nCOPY absent /top\n",
    "slow": "FROM busybox:1.35\nRUN date +%s%N >/token && sleep 20\n",
}
SCRIPT = """
import sys
from pathlib import Path
from importlib import import_module
from sandboxes import images
from sandboxes.images.catalogue import Image
catalogue = import_module("sandboxes.images.catalogue")
catalogue.RECIPES = Path(sys.argv[1])
catalogue.catalogue = lambda: {{{reference!r}: Image({reference!r}, "a test", {recipe!r}, 1, arguments={arguments!r})}}
images.ensure([{reference!r}], source="build")
print("there")
"""


def entry(reference: str, recipe: str, *needs: str) -> Image:
    return Image(reference, "an image of this test", recipe, 1, needs)


@pytest.fixture(autouse=True)
def small_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of two tiny images, one built from the other, and a registry that refuses."""
    folder = tmp_path / "recipes"
    for name, text in RECIPES.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "Dockerfile").write_text(text.replace("20\n", "3\n") if name == "slow" else text)
    known = {BASE: entry(BASE, "base"), TOP: entry(TOP, "top", BASE)}
    known |= {f"{NAME}-broken:1": entry(f"{NAME}-broken:1", "broken", BASE)}
    monkeypatch.setattr(catalogue, "RECIPES", folder)
    monkeypatch.setattr(catalogue, "catalogue", lambda: known)
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SLIPWAY_REGISTRY", f"127.0.0.1:{free_port()}")
    yield folder
    for name in must("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if NAME in name:
            docker("rmi", "--force", name)


def get(references: list[str], **options: object) -> str:
    """Run `ensure` and return what it said."""
    output = StringIO()
    images.ensure(references, progress=Progress(Console(file=output, width=200)), **options)
    return output.getvalue()


def test_without_a_registry_it_is_built_with_what_it_needs() -> None:
    assert images.missing([TOP, BASE]) == [TOP, BASE]
    output = get([TOP])
    assert "refused the connection" in output
    assert f"Building {TOP} instead" in output
    assert images.missing([TOP, BASE]) == []
    assert output.index(f"Building {BASE} ...") < output.index(f"Building {TOP} ...")
    # The second image did not ask the registry again.
    assert f"Not pulling {BASE}" in output
    assert [entry.origin for entry in images.status([TOP, BASE])] == ["built", "built"]


def test_ensure_leaves_existing_images_alone() -> None:
    get([BASE], source="build")
    before = images.status([BASE])[0].id
    assert get([BASE]) == ""
    assert images.status([BASE])[0].id == before


def test_a_changed_recipe_is_seen_and_built_on_demand(small_catalogue: Path) -> None:
    get([BASE], source="build")
    (small_catalogue / "base" / "Dockerfile").write_text('FROM scratch\nCOPY Dockerfile /other\nCMD ["/other"]\n')
    assert images.status([BASE])[0].origin == "built, outdated recipe"
    get([BASE], source="build", again=True)
    assert images.status([BASE])[0].origin == "built"


def test_only_pulling_says_why_it_cannot() -> None:
    with pytest.raises(SlipwayError, match="cannot be pulled from 127.0.0.1.*refused the connection.*images build"):
        get([BASE], source="pull")
    assert images.missing([BASE]) == [BASE]


def test_a_failed_build_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError) as caught:
        get([f"{NAME}-broken:1"], source="build")
    log = tmp_path / "state" / "images" / f"{NAME}-broken-1.log"
    assert "absent" in caught.value.message
    assert str(log) in caught.value.fix
    assert "absent" in log.read_text()


def test_registry_cache_entry_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    registry_cache.remember("somewhere", "it refused")
    assert registry_cache.recall("somewhere").reason == "it refused"
    assert registry_cache.recall("elsewhere") is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + registry_cache.SECONDS + 1)
    assert registry_cache.recall("somewhere") is None


def start(folder: Path, reference: str, tmp_path: Path, state: str = "state") -> subprocess.Popen:
    script = SCRIPT.format(reference=reference, recipe="slow", arguments={"NONCE": NAME})
    environment = {**os.environ, "SLIPWAY_STATE": str(tmp_path / state)}
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def wait_for_log(path: Path, text: str) -> None:
    deadline = time.monotonic() + 30
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ensure_in_two_processes_builds_an_image_once(small_catalogue: Path, tmp_path: Path) -> None:
    must("image", "inspect", "busybox:1.35")
    (small_catalogue / "slow" / "Dockerfile").write_text(f"FROM busybox:1.35\n# {NAME}\nRUN echo {NAME} && sleep 3\n")
    reference = f"{NAME}-slow:1"
    first = start(small_catalogue, reference, tmp_path)
    wait_for_log(tmp_path / "state" / "images" / f"{NAME}-slow-1.log", "[2/2]")
    second = start(small_catalogue, reference, tmp_path)
    outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], outputs
    assert "Waiting for" in outputs[1]
    assert "Building" not in outputs[1]
    assert outputs[1].strip().endswith("there")


def test_an_interrupted_build_leaves_nothing_and_can_be_repeated(small_catalogue: Path, tmp_path: Path) -> None:
    (small_catalogue / "slow" / "Dockerfile").write_text(f"FROM busybox:1.35\nRUN echo stop-{NAME} && sleep 3\n")
    reference = f"{NAME}-slow:2"
    process = start(small_catalogue, reference, tmp_path)
    wait_for_log(tmp_path / "state" / "images" / f"{NAME}-slow-2.log", "[2/2]")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert docker("image", "inspect", reference).code != 0
    again = start(small_catalogue, reference, tmp_path)
    assert again.communicate(timeout=60)[0].strip().endswith("there")
    assert docker("image", "inspect", reference).code == 0
