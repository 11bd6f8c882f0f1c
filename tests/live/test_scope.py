"""A lab looks at, and removes, what is its own; whatever else is on the engine survives start and reset."""

from collections.abc import Iterator
from contextlib import suppress
from subprocess import CalledProcessError

import pytest
from sample_lab import NAME, SampleLab, docker, slipway

from checks import grade, progress
from checks.dev import execute, resource_diff
from checks.dev.paths import places
from checks.dev.resource_diff import Foreign
from checks.lifecycle import inventory, workspace
from sandboxes.errors import SlipwayError

MINE = "slipway-scope-mine"


@pytest.fixture
def foreign(tiny: SampleLab) -> Iterator[Foreign]:
    with resource_diff.foreign(tiny.engine, tiny.lab) as made:
        yield made


@pytest.fixture
def stopped(tiny: SampleLab) -> SampleLab:
    """The sample lab, not started: its names are free or in use by foreign objects."""
    workspace.reset(tiny.lab, tiny.engine, tiny.settings)
    return tiny


def solve(tiny: SampleLab) -> None:
    execute.script(places(tiny.settings).second(tiny.lab), tiny.folder, tiny.settings)


def reset(tiny: SampleLab) -> list[str]:
    removed, left = workspace.reset(tiny.lab, tiny.engine, tiny.settings)
    assert left == []
    return removed


def test_reset_removes_what_the_lab_made_and_nothing_else(stopped: SampleLab, foreign: Foreign) -> None:
    before = resource_diff.look(stopped.engine)
    workspace.start(stopped.lab, stopped.engine, stopped.settings)
    solve(stopped)
    docker("network", "create", f"{NAME}-net")
    during = resource_diff.look(stopped.engine)
    kinds = {name.split()[0] for name in during - before}
    assert kinds == {"container", "image", "tag", "volume", "network"}
    removed = reset(stopped)
    assert {name.split()[0] for name in removed} == {"container", "image", "volume", "network"}
    assert list(resource_diff.differences(before, resource_diff.look(stopped.engine))) == []


def test_reset_twice_is_harmless(solved: SampleLab, foreign: Foreign) -> None:
    reset(solved)
    before = resource_diff.look(solved.engine)
    assert reset(solved) == []
    assert resource_diff.look(solved.engine) == before


def test_containers_of_the_labs_image_go_under_whatever_name(solved: SampleLab) -> None:
    docker("create", "--name", MINE, NAME)
    try:
        assert f"container {MINE}" in reset(solved)
    finally:
        with suppress(CalledProcessError):
            docker("rm", MINE)


def test_containers_of_an_image_that_the_learner_has_named_twice_stay(stopped: SampleLab) -> None:
    docker("create", "--name", MINE, "busybox:1.35")
    workspace.start(stopped.lab, stopped.engine, stopped.settings)
    docker("tag", "busybox:1.35", NAME)
    docker("create", "--name", NAME, NAME)
    id = docker("image", "inspect", "--format", "{{.Id}}", NAME).strip()
    docker("create", "--name", f"{MINE}-by-id", id)
    try:
        removed = reset(stopped)
        assert (f"container {NAME}" in removed, f"image {NAME}:latest" in removed) == (True, True)
        assert not {f"container {MINE}", f"container {MINE}-by-id"} & set(removed)
        docker("image", "inspect", "busybox:1.35")
    finally:
        docker("rm", MINE, f"{MINE}-by-id")


def test_names_that_only_resemble_the_labs_stay(solved: SampleLab) -> None:
    near = [f"{NAME}2", f"my-{NAME}", f"{NAME}-old"]
    for name in near:
        docker("create", "--name", name, "busybox:1.35")
        docker("volume", "create", f"{NAME}-data{name[-1]}")
        docker("tag", "busybox:1.35", f"{name}:1")
    try:
        removed = reset(solved)
        assert not {f"container {name}" for name in near} & set(removed)
        for name in near:
            docker("inspect", name)
            docker("volume", "inspect", f"{NAME}-data{name[-1]}")
            docker("image", "inspect", f"{name}:1")
    finally:
        for name in near:
            docker("rm", name)
            docker("volume", "rm", "--force", f"{NAME}-data{name[-1]}")
            docker("rmi", f"{name}:1")


def test_another_tag_on_the_labs_image_survives(solved: SampleLab) -> None:
    docker("tag", NAME, f"{MINE}:kept")
    id = docker("image", "inspect", "--format", "{{.Id}}", NAME)
    try:
        reset(solved)
        assert docker("image", "inspect", "--format", "{{.Id}}", f"{MINE}:kept") == id
        with pytest.raises(CalledProcessError):
            docker("image", "inspect", NAME)
    finally:
        docker("rmi", f"{MINE}:kept")


def volumes() -> set[str]:
    """The volumes on the engine, without those that say which copy of Slipway owns a lab."""
    return {name for name in docker("volume", "ls", "--quiet").split() if not name.startswith("slipway-owner-")}


@pytest.mark.parametrize("seen", [True, False], ids=["seen by a check", "never seen"])
def test_volumes_without_a_name_that_the_labs_containers_left_are_removed(tiny: SampleLab, seen: bool) -> None:
    mine = docker("run", "--detach", "--name", MINE, "--volume", "/data", "busybox:1.35", "sleep", "600")
    foreign = volumes()
    try:
        docker("run", "--detach", "--name", NAME, "--volume", "/data", "busybox:1.35", "sleep", "600")
        (left,) = volumes() - foreign
        if seen:
            grade.remember(tiny.grade(wait=0), tiny.settings)
            assert progress.read(tiny.settings, "90-tiny").volumes == [left]
        docker("rm", "--force", NAME)
        assert left in volumes()
        assert f"anonymous volume {left[:12]}…" in reset(tiny)
        assert volumes() == foreign
    finally:
        docker("rm", "--force", "--volumes", mine)


def test_reset_keeps_an_anonymous_volume_that_is_in_use(tiny: SampleLab) -> None:
    docker("run", "--name", NAME, "--volume", "/data", "busybox:1.35", "true")
    docker("create", "--name", MINE, "--volumes-from", NAME, "busybox:1.35")
    try:
        reset(tiny)
        docker("inspect", MINE)
        (mount,) = docker("inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", MINE).split()
        assert mount in volumes()
    finally:
        docker("rm", "--force", "--volumes", MINE)


def rebuild(tiny: SampleLab, text: str) -> str:
    """Build the lab's image from a new page, so that the old image loses its tag. Returns the image's ID."""
    (tiny.folder / "page" / "index.html").write_text(text, encoding="utf-8")
    docker("build", "--quiet", "--tag", NAME, str(tiny.folder))
    return docker("image", "inspect", "--format", "{{.Id}}", NAME)


@pytest.mark.parametrize("seen", [True, False], ids=["seen by a check", "never seen"])
def test_the_labs_own_untagged_images_are_removed_foreign_ones_stay(tiny: SampleLab, foreign: Foreign, seen: bool) -> None:
    workspace.solve(tiny.lab, tiny.settings)
    ids = []
    for text in ("one", "two", "three"):
        ids.append(rebuild(tiny, text))
        if seen:
            grade.remember(tiny.grade(wait=0), tiny.settings)
    assert len(set(ids)) == 3
    reset(tiny)
    everything = set(docker("images", "--all", "--no-trunc", "--quiet").split())
    assert not everything & set(ids)
    assert foreign.image in everything


def test_what_was_there_before_the_lab_is_refused_with_the_way_out(stopped: SampleLab) -> None:
    docker("create", "--name", NAME, "busybox:1.35")
    docker("tag", "busybox:1.35", f"{NAME}:latest")
    docker("volume", "create", f"{NAME}-data")
    docker("network", "create", f"{NAME}-net")
    before = resource_diff.look(stopped.engine)
    try:
        with pytest.raises(SlipwayError, match="already taken") as refused:
            workspace.start(stopped.lab, stopped.engine, stopped.settings)
        for name in (f"container {NAME}", f"image {NAME}:latest", f"volume {NAME}-data", f"network {NAME}-net"):
            assert name in refused.value.message
        assert f"docker rename {NAME} my-{NAME}" in refused.value.fix
        assert f"docker tag {NAME}:latest my-{NAME}:latest && docker rmi {NAME}:latest" in refused.value.fix
        assert "docker volume rm" in refused.value.fix
        assert slipway("start", "90").code == 2
        assert progress.read(stopped.settings, "90-tiny").started == ""
        reset(stopped)
        assert resource_diff.look(stopped.engine) == before
    finally:
        docker("rm", NAME)
        docker("rmi", f"{NAME}:latest")
        docker("volume", "rm", f"{NAME}-data")
        docker("network", "rm", f"{NAME}-net")


def test_start_after_the_named_fix_succeeds(stopped: SampleLab) -> None:
    docker("create", "--name", NAME, "busybox:1.35")
    try:
        assert slipway("start", "90").code == 2
        docker("rename", NAME, f"my-{NAME}")
        assert slipway("start", "90").code == 0
        solve(stopped)
        assert slipway("reset", "90", "--yes").code == 0
        docker("inspect", f"my-{NAME}")
    finally:
        docker("rm", f"my-{NAME}")


def test_start_continues_a_started_lab(solved: SampleLab) -> None:
    assert workspace.start(solved.lab, solved.engine, solved.settings) is False
    assert solved.grade().report.passed


def test_what_is_in_use_by_others_is_kept_and_said(solved: SampleLab) -> None:
    docker("network", "create", f"{NAME}-net")
    docker("run", "--detach", "--name", MINE, "--network", f"{NAME}-net", "busybox:1.35", "sleep", "600")
    try:
        _, left = workspace.reset(solved.lab, solved.engine, solved.settings)
        assert len(left) == 1
        assert f"Could not remove the network {NAME}-net" in left[0]
        docker("inspect", MINE)
        assert progress.read(solved.settings, "90-tiny").started, "what is left must still be known as the lab's"
    finally:
        docker("rm", "--force", MINE)
    assert reset(solved) == [f"network {NAME}-net"]


def test_another_engine_is_not_reset(solved: SampleLab) -> None:
    with progress.changing(solved.settings, "90-tiny") as kept:
        here, kept.engine = kept.engine, "another"
    try:
        with pytest.raises(SlipwayError, match="a different Docker engine"):
            workspace.reset(solved.lab, solved.engine, solved.settings)
        assert inventory.take(solved.engine, solved.lab.scope)
    finally:
        with progress.changing(solved.settings, "90-tiny") as kept:
            kept.engine = here


def test_files_are_restored_and_the_learners_kept(solved: SampleLab) -> None:
    (solved.folder / "Dockerfile").write_text("FROM mine\n", encoding="utf-8")
    (solved.folder / "notes.txt").write_text("my notes\n", encoding="utf-8")
    reset(solved)
    assert (solved.folder / "Dockerfile").read_bytes() == (solved.lab.folder / "Dockerfile").read_bytes()
    kept = {path.name: path for path in (solved.settings.work / ".saved").rglob("*") if path.is_file()}
    assert kept["Dockerfile"].read_text(encoding="utf-8") == "FROM mine\n"
    assert kept["notes.txt"].read_text(encoding="utf-8") == "my notes\n"
