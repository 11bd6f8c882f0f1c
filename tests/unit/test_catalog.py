"""Labs as their lab.toml describes them, whole or damaged."""

import shutil
from pathlib import Path

import pytest

from checks import catalog, registry
from checks.collect.docker import scope_of
from checks.evaluate import evaluate
from checks.model import Lab, Outcome, Result
from checks.snapshot import Snapshot
from sandboxes.errors import Exit, SlipwayError

MINIMAL = 'id = "01-x"\ntitle = "X"\nsummary = "x"\nminutes = 5\nsandbox = "docker"\nobjectives = [{text = "x"}]\n'
KIND = MINIMAL.replace("docker", "kind")


def write(folder: Path, text: str, id: str = "01-x") -> Path:
    path = folder / id / "lab.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_lab_is_read_whole(tiny_labs: Path) -> None:
    lab = catalog.read(tiny_labs / "90-tiny" / "lab.toml")
    assert (lab.id, lab.minutes, lab.wait, lab.module) == ("90-tiny", 5, 15, "checks.labs.lab_90_tiny")
    assert lab.scope.containers == lab.scope.images == ("slipway-tiny",)
    assert [(probe.id, probe.kind, probe.timeout, probe.checks) for probe in lab.probes] == [
        ("page", "http", 3.0, ("answers",)),
        ("data", "exec", 5.0, ("note-kept",)),
    ]
    assert lab.probes[0].options == {"url": "http://127.0.0.1:5990/"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MINIMAL.replace("01-x", "02-y"), "id is “02-y” but the folder is “01-x”"),
        (MINIMAL.replace("docker", "podman"), "docker, kind"),
        (MINIMAL + 'colour = "blue"\n', "unknown entries: colour"),
        (MINIMAL.replace('"X"', "7"), "title is 7"),
        (MINIMAL.replace("5", '"five"'), "minutes"),
        (MINIMAL.replace('[{text = "x"}]', '"x"'), "objectives is 'x', not a list of tables"),
        (MINIMAL.replace('{text = "x"}', '"x"'), "not a list of tables"),
        (MINIMAL.replace('{text = "x"}', '{text = ""}'), "the text of an objective is ''"),
        (MINIMAL.replace('{text = "x"}', '{checks = ["a"]}'), "'text' is missing"),
        (MINIMAL.replace('{text = "x"}', '{text = "x", level = 1}'), "unknown entries of an objective: level"),
        (MINIMAL.replace('{text = "x"}', '{text = "x", checks = ["a"]}'), "must have both competencies and checks"),
        (
            MINIMAL.replace('{text = "x"}', '{text = "x", competencies = ["ckad/probes"]}'),
            "must have both competencies and checks",
        ),
        (
            MINIMAL.replace('{text = "x"}', '{text = "x", checks = "a", competencies = ["b"]}'),
            "checks is 'a', not a list of names",
        ),
        (MINIMAL + '[scope]\ncontainers = "web"\n', "containers is 'web', not a list of names"),
        (MINIMAL + '[scope]\nvolumes = [""]\n', "volumes"),
        (MINIMAL + '[scope]\npods = ["web"]\n', "pods"),
        (MINIMAL + "scope = 3\n", "is invalid"),
        (MINIMAL + 'scope = {images = ["*"]}\n', "not a plain name"),
        (MINIMAL + 'scope = {images = ["harbour-?"]}\n', "not a plain name"),
        (MINIMAL + 'scope = {containers = ["../web"]}\n', "not a plain name"),
        (MINIMAL + 'scope = {volumes = ["[a-z]"]}\n', "not a plain name"),
        (MINIMAL + '[scope]\nswarm = "yes"\n', "swarm is 'yes', not true or false"),
        (MINIMAL + "[scope]\nstops_nodes = 1\n", "stops_nodes is 1, not true or false"),
        (MINIMAL + "[scope]\nstops_nodes = true\n", "the scope of a lab on docker cannot have stops_nodes"),
        (MINIMAL + "probes = 3\n", "is invalid"),
        (MINIMAL + '[[probes]]\nkind = "http"\n', "'id' is missing"),
        (MINIMAL + '[[probes]]\nid = "a"\nkind = "http"\n' * 2, "two probes have the id a"),
        (MINIMAL + '[scope]\nnamespaces = ["lab"]\n', "the scope of a lab on docker cannot have namespaces"),
        (MINIMAL + 'addons = ["ingress"]\n', "a lab on docker cannot have addons"),
        (KIND, "must name a namespace"),
        (KIND + '[scope]\nnamespaces = ["lab"]\ncontainers = ["web"]\n', "the scope of a lab on kind cannot have containers"),
        (KIND + '[scope]\nnamespaces = ["kube-system"]\n', "cannot be the namespace of a lab"),
        (KIND + '[scope]\nnamespaces = ["default"]\n', "cannot be the namespace of a lab"),
        (KIND + '[scope]\nnamespaces = ["Lab_1"]\n', "cannot be the namespace of a lab"),
        (KIND + '[scope]\nnamespaces = ["lab"]\nkinds = ["Ship"]\n', "unknown kinds: Ship"),
        (KIND + '[scope]\nnamespaces = ["lab"]\ncluster = ["Pod/web"]\n', "is not a cluster-scoped object of a lab"),
        (KIND + '[scope]\nnamespaces = ["lab"]\ncluster = ["Node/worker"]\n', "is not a cluster-scoped object of a lab"),
        (KIND + '[scope]\nnamespaces = ["lab"]\ncluster = ["Namespace/x"]\n', "is not a cluster-scoped object of a lab"),
        (KIND + '[scope]\nnamespaces = ["lab"]\ncluster = ["PersistentVolume/"]\n', "is not a cluster-scoped object of a lab"),
        ("\x00", "is invalid"),
        ("id = ", "is invalid"),
        ("", "is invalid"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SlipwayError) as refused:
        catalog.read(path)
    assert str(path) in refused.value.message
    assert words in refused.value.message


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SlipwayError, match="is invalid"):
        catalog.labs(tmp_path)


def test_a_file_cut_anywhere_costs_no_point(tiny_labs: Path, tmp_path: Path) -> None:
    """Wherever lab.toml is cut, it is refused, or what it no longer names could not be checked: never "not yet"."""
    whole = (tiny_labs / "90-tiny" / "lab.toml").read_text(encoding="utf-8")
    refused = unchecked = 0
    for length in range(len(whole)):
        path = write(tmp_path, whole[:length], "90-tiny")
        try:
            lab = catalog.read(path)
        except SlipwayError as error:
            refused += str(path) in error.message
            continue
        unchecked += 1
        for result in _collected_by(lab):
            assert result.outcome in (Outcome.COULD_NOT_CHECK, Outcome.PASSED), whole[:length]
    assert refused > 100
    assert unchecked > 10


def _collected_by(lab: Lab) -> list[Result]:
    """The tiny lab's results on a machine where it is solved, collected as far as `lab` still says what to look at."""
    container = {
        "Name": "/slipway-tiny",
        "Image": "sha256:1",
        "Created": "2026-01-01T00:00:00Z",
        "State": {"Status": "running", "Restarting": False, "StartedAt": "2026-01-01T00:00:00Z"},
        "Config": {"Image": "slipway-tiny", "Labels": {}},
        "HostConfig": {"PortBindings": {"8080/tcp": [{"HostPort": "5990"}]}},
        "NetworkSettings": {"Ports": {}},
    }
    there = {
        "container": {"slipway-tiny": container},
        "volume": {"slipway-tiny-data": {}},
        "network": {},
        "image": {"sha256:1": {"Id": "sha256:1", "RepoTags": ["slipway-tiny:latest"]}},
    }
    if "slipway-tiny" not in lab.scope.containers:
        there["container"] = {}
    if "slipway-tiny" not in lab.scope.images:
        there["image"] = {}
    if "slipway-tiny-data" not in lab.scope.volumes:
        there["volume"] = {}
    answers = {
        "page": {"ok": True, "status": 200, "body": "afloat", "request": "GET"},
        "data": {"ok": True, "stdout": "kept"},
    }
    probed = {probe.id: answers[probe.id] for probe in lab.probes if probe.id in answers}
    snapshot = Snapshot("90-tiny", "2026-01-01T01:00:00Z", objects=there, probes=probed, scope=scope_of(lab.scope))
    return list(evaluate(lab, registry.load(lab), snapshot, "1").results)


@pytest.fixture
def three(tmp_path: Path, tiny_labs: Path) -> Path:
    for id in ("01-flask", "02-layers", "02c-halt", "12-flask-again"):
        write(tmp_path / "labs", MINIMAL.replace("01-x", id), id)
    (tmp_path / "labs" / "drafts").mkdir()
    shutil.copy(tiny_labs / "90-tiny" / "lab.toml", tmp_path / "labs" / "drafts")
    return tmp_path / "labs"


def test_labs_come_in_their_order(three: Path) -> None:
    assert [lab.id for lab in catalog.labs(three)] == ["01-flask", "02-layers", "02c-halt", "12-flask-again"]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("01-flask",) * 2,
        ("1", "01-flask"),
        ("01", "01-flask"),
        ("2", "02-layers"),
        ("2C", "02c-halt"),
        ("02c", "02c-halt"),
        ("LAYERS", "02-layers"),
        (" 12 ", "12-flask-again"),
    ],
)
def test_a_lab_is_found_by_id_number_or_word(three: Path, name: str, id: str) -> None:
    assert catalog.find(name, three).id == id


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("01-flsk", "01-flask"),
        ("layrs", "layers"),
        ("flask", "01-flask or 12-flask-again"),
        ("3", "slipway list"),
        ("", "slipway list"),
        ("../01-flask", "01-flask"),
        ("größe", "slipway list"),
    ],
)
def test_an_unknown_lab_suggests_the_nearest(three: Path, name: str, advice: str) -> None:
    with pytest.raises(SlipwayError, match="There is no lab") as refused:
        catalog.find(name, three)
    assert advice in refused.value.fix
    assert refused.value.exit_code is Exit.WRONG_USAGE


@pytest.mark.parametrize("name", ["x" * 300, "9" * 5000, "a\0b", "\x1b[31m", "/" * 300, "..", "."])
def test_a_name_that_no_file_can_have_is_no_lab(three: Path, name: str) -> None:
    """I, 35. Such a name was a fault in Slipway."""
    with pytest.raises(SlipwayError, match="There is no lab") as refused:
        catalog.find(name, three)
    assert refused.value.exit_code is Exit.WRONG_USAGE and len(refused.value.message) < 200
