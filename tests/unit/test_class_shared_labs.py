"""What a shared cluster allows: the labs that can be done there, and the rights of the grader, which are exactly what it lists."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import class_cases as cases
import pytest
from class_cluster_fake import FakeCluster
from fake_api_server import Decoy

from checks import backend, catalog, grade
from checks.classroom import class_file, grader_role, shared_labs
from checks.classroom import folder as class_folder
from checks.classroom.problems import InvalidClass
from checks.cli.__main__ import main
from checks.collect.class_wide import ClassWide
from checks.model import Lab, Outcome
from sandboxes import settings
from sandboxes.settings import ROOT

GUIDE = (ROOT / "site" / "instructors" / "shared-cluster.md").read_text(encoding="utf-8")

USABLE = [
    "11-pods",
    "12-deployments",
    "14-configuration",
    "16b-resources",
    "17b-replication",
    "19-jobs",
    "20-probes",
    "21-autoscaling",
]
REASONS = [
    ("01-flask", "runs on a Docker engine"),
    ("10-cluster", "the learner's own cluster"),
    ("13-services", "takes a port of the nodes"),
    ("15-storage", "PersistentVolume/harbour-pv"),
    ("16-namespaces", "creates namespaces (development)"),
    ("17-statefulsets", "look up names in the namespace lab-17-statefulsets"),
    ("18-daemonsets", "runs Pods on every node"),
    ("20b-on-call", "stops a node of the cluster"),
    ("22-ingress", "host names of the cluster's Ingress"),
    ("23-three-tier", "loads images into the nodes"),
    ("25-strategies", "PriorityClass/harbour-idle"),
    ("24-access", "ValidatingAdmissionPolicy/harbour-team"),
    ("26-network-policies", "creates namespaces (customs)"),
]


def test_the_labs_that_need_nothing_but_a_namespace_are_these() -> None:
    assert [lab.id for lab in shared_labs.usable(catalog.labs())] == USABLE


@pytest.mark.parametrize("id, reason", REASONS)
def test_every_other_lab_is_refused_for_what_it_declares(id: str, reason: str) -> None:
    assert reason in shared_labs.refusal(catalog.find(id))


@pytest.mark.parametrize("manifest", ["ports:\n- nodePort: 30000\n", "volumes:\n  - hostPath:\n      path: /\n"])
def test_a_manifest_that_asks_something_of_a_node_refuses_its_lab(tmp_path: Path, manifest: str) -> None:
    lab = catalog.find("11-pods")
    own = Lab(**{**vars(lab), "folder": tmp_path})
    assert not shared_labs.refusal(own)
    (tmp_path / "solution").mkdir()
    (tmp_path / "solution" / "a.yaml").write_text(manifest, encoding="utf-8")
    assert "node" in shared_labs.refusal(own)


def test_a_new_class_that_shares_a_cluster_has_the_usable_labs_and_is_valid(tmp_path: Path) -> None:
    assert main(["class", "new", str(tmp_path / "c"), "--where", "shared cluster"]) == 0
    (tmp_path / "c" / "roster.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    assert main(["class", "check", str(tmp_path / "c")]) == 0
    about = class_folder.open_class(tmp_path / "c").about
    assert (about.where, [lab.id for lab in about.labs]) == ("shared cluster", USABLE)
    assert "# 13-services: takes a port of the nodes" in (tmp_path / "c" / "class.toml").read_text(encoding="utf-8")


def test_a_place_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["class", "new", str(tmp_path / "c"), "--where", "the moon"]) == 64
    assert "own machine, shared cluster, hub" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_a_lab_that_cannot_be_shared_is_named_with_its_place(tmp_path: Path) -> None:
    cases.classroom(tmp_path / "c", labs=("11-pods", "15-storage"))
    path = tmp_path / "c" / class_file.FILE
    path.write_text(path.read_text(encoding="utf-8").replace("[late]", 'where = "shared cluster"\n[late]'), encoding="utf-8")
    with pytest.raises(InvalidClass) as caught:
        class_folder.open_class(tmp_path / "c")
    (problem,) = caught.value.problems
    line = path.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line.startswith("15-storage") and "creates objects that belong to the whole cluster" in problem.reason


@pytest.mark.parametrize(
    "entry, reason",
    [
        ("pods = 0", "from 1 to 500"),
        ("pods = true", "from 1 to 500"),
        ('memory = "8GB"', "a whole number of Gi"),
        ("token_days = 1000", "from 1 to 366"),
        ('network_policies = "yes"', "true or false"),
        ("context = 1", "one line of text"),
        ("colour = 1", "Unknown entry “colour”"),
    ],
)
def test_a_wrong_entry_about_the_cluster_is_named_with_its_place(entry: str, reason: str) -> None:
    text = cases.TOML.format(course="0.1.0", labs="11-pods = {}") + f"[cluster]\n{entry}\n"
    found, (problem,) = class_file.parse(text.encode(), ["11-pods"])
    assert found is None and reason in problem.reason and problem.line == len(text.splitlines())


@pytest.mark.parametrize("id", USABLE)
def test_the_graders_role_is_exactly_what_is_listed_for_a_lab(cluster_folder: Path, server: Decoy, id: str) -> None:
    lab = catalog.find(id)
    grade.grade(Lab(**{**vars(lab), "probes": ()}), backend.connect(lab), settings.load(), wait=0)
    paths = [request.removeprefix("GET /").split("/") for request in server.log]
    listed = {(path[1] if path[0] == "apis" else "", path[-1]) for path in paths if path[-1] not in ("version", "kube-system")}
    rules = grader_role.rules([lab])
    assert {(group, name) for rule in rules for group in rule["apiGroups"] for name in rule["resources"]} == listed
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list"}


def test_the_graders_role_is_exactly_what_is_listed_for_a_whole_class() -> None:
    cluster, labs = FakeCluster(), shared_labs.usable(catalog.labs())
    assert not ClassWide(cluster, "classroom", labs, ["c-ada-11-pods"], timeout=5).errors
    paths = [request.removeprefix("GET /").split("/") for request in cluster.log]
    listed = [(path[1] if path[0] == "apis" else "", path[-1]) for path in paths]
    rules = grader_role.rules(labs)
    assert sorted((group, name) for rule in rules for group in rule["apiGroups"] for name in rule["resources"]) == sorted(listed)


def test_the_grader_reads_secrets_only_for_a_lab_about_secrets() -> None:
    def resources(*ids: str) -> set[str]:
        return {name for rule in grader_role.rules(map(catalog.find, ids)) for name in rule["resources"]}

    assert "secrets" in resources("11-pods", "14-configuration")
    assert "secrets" not in resources("11-pods", "12-deployments", "19-jobs", "20-probes", "21-autoscaling")


def test_the_guide_lists_the_labs_and_how_many_of_their_checks_lists_answer() -> None:
    listed = re.findall(r"^\| (\d\S+) \| (\d+) of (\d+) \|$", GUIDE, re.MULTILINE)
    assert listed == [(lab.id, *map(str, answered_by_lists(lab))) for lab in shared_labs.usable(catalog.labs())]


def answered_by_lists(lab: Lab) -> tuple[int, int]:
    """The number of checks that pass over the solution without any probe, and of all."""
    solved = cases.snapshot("solved", lab.id)
    bare = replace(solved, probes={}, errors={probe.id: "not run" for probe in lab.probes})
    results = grade.regrade(lab, bare).results
    return sum(result.outcome is Outcome.PASSED for result in results), len(results)


def test_every_command_of_the_guide_exists_with_its_options(capsys: pytest.CaptureFixture) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert len(commands) == 5
    for command in commands:
        assert main([*command[1 : 3 if command[1] == "class" else 2], "--help"]) == 0
        shown = capsys.readouterr().out
        assert all(word in shown for word in command if word.startswith("--")), command
