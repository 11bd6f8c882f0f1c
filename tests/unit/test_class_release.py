"""The release of a class: what it contains, what it does not, and that it runs."""

import ast
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import catalog, notebook_file, predictions, recall, registry
from checks.classroom import hints, release
from checks.classroom.class_file import Class, ClassLab
from checks.cli.__main__ import main
from checks.version import __version__
from sandboxes import settings
from sandboxes.errors import SlipwayError

ALL = Class("c-1", "C", __version__, "UTC", tuple(ClassLab(lab.id) for lab in catalog.labs()), answer_hints=False)
SOME = replace(ALL, labs=(ClassLab("01-flask"), ClassLab("12-deployments")), answer_hints=True)


def test_release_holds_the_labs_of_the_class_without_solutions_tests_and_what_git_keeps() -> None:
    items = release.contents(SOME, settings.load())
    labs = {name.split("/")[1] for name in items if name.startswith("labs/")}
    assert labs == {"01-flask", "12-deployments"}
    assert {"slipway", "pyproject.toml", "README.md", "labs/01-flask/app.py", "labs/01-flask/lab.toml"} <= items.keys()
    assert items["slipway"].executable and not items["pyproject.toml"].executable
    parts = {part for name in items if not name.startswith("checks/dev/template/") for part in name.split("/")}
    assert not parts & {"solution", "tests", "snapshots", ".git", "__pycache__", ".venv", ".slipway", "work"}


def test_archive_is_the_same_bytes_whatever_the_times_and_rights_of_the_files(tiny_labs: Path, tmp_path: Path) -> None:
    about = replace(ALL, labs=(ClassLab("90-tiny"),))
    first = release.archive(release.contents(about, settings.load()), "slipway-c-1")
    os.utime(tiny_labs / "90-tiny" / "lab.toml")
    assert release.archive(release.contents(about, settings.load()), "slipway-c-1") == first
    with tarfile.open(fileobj=io.BytesIO(first)) as tar:
        members = tar.getmembers()
    assert {member.mtime for member in members} == {release.TIME} and {member.uid for member in members} == {0}
    assert {member.mode for member in members} == {0o644, 0o755}
    assert [member.name for member in members if member.isfile()] == sorted(member.name for member in members if member.isfile())
    assert all(member.name.startswith("slipway-c-1") for member in members)


def texts(name: str, content: bytes) -> list[str]:
    """What a search in a file finds: its text, the cells of a notebook, the strings of a program."""
    text = content.decode("utf-8", errors="replace")
    if name.endswith(".ipynb"):
        return [text, *("".join(cell["source"]) for cell in json.loads(text)["cells"])]
    if name.endswith(".py"):
        return [
            text,
            *(node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)),
        ]
    return [text]


# Lines of solutions that are general words of Kubernetes and Jupyter; these files of the project have nothing to do with labs.
MANIFESTS = ("sandboxes/", "checks/classroom/template/cluster/")
GENERAL = {
    "emptyDir: {}": "sandboxes/kind/",
    "readOnly: true": "sandboxes/kind/",
    "terminationGracePeriodSeconds: 5": "sandboxes/kind/",
    ".ipynb_checkpoints": "",
    "immutable: true": "checks/vocabulary/configmaps_secrets.py",
    "type: LoadBalancer": "checks/vocabulary/services.py",
    "defaultRequest:": "checks/classroom/template/cluster/",
    "automountServiceAccountToken: false": MANIFESTS,
    "mountPath: /tmp": MANIFESTS,
    "namespaceSelector:": MANIFESTS,
    "- namespaceSelector:": MANIFESTS,
    "kubernetes.io/metadata.name: kube-system": MANIFESTS,
    "podSelector: {}": MANIFESTS,
    "readOnlyRootFilesystem: true": MANIFESTS,
    "resources: [pods]": MANIFESTS,
    "verbs: [get, list, watch]": MANIFESTS,
    "ARG TARGETARCH": "sandboxes/images/recipes/golang/",
}


def found_in(items: dict[str, release.Item]) -> list[tuple[str, str]]:
    """Every line of a solution that the release contains and no starter file does, with the file that has it."""
    lines = release.solution_lines(catalog.labs())
    assert len(lines) > 300
    searched = {name: "\n".join(texts(name, item.content)) for name, item in items.items()}
    hits = [(name, line) for line in lines for name, text in searched.items() if line in text]
    return [(name, line) for name, line in hits if not (line in GENERAL and name.startswith(GENERAL[line]))]


def test_release_without_answers_contains_no_line_of_a_solution() -> None:
    assert found_in(release.contents(ALL, settings.load())) == []


def test_release_with_all_hints_contains_lines_of_solutions_in_hints_only() -> None:
    hits = found_in(release.contents(replace(ALL, answer_hints=True), settings.load()))
    assert hits and all(name.startswith("checks/labs/") for name, _ in hits)


def test_starter_files_of_a_release_are_those_of_the_course() -> None:
    for name, item in release.contents(ALL, settings.load()).items():
        if name.startswith("labs/") and not name.endswith((f"/{predictions.FILE}", f"/{recall.FILE}", "/lab.ipynb")):
            assert (settings.ROOT / name).read_bytes() == item.content


def test_notebooks_of_a_release_are_those_of_the_course_with_explanations_sealed(tmp_path: Path) -> None:
    items, sealed = release.contents(ALL, settings.load()), 0
    for lab in catalog.labs():
        path = tmp_path / f"{lab.id}.ipynb"
        path.write_bytes(items[f"labs/{lab.id}/lab.ipynb"].content)
        whole = notebook_file.read(lab.folder / "lab.ipynb")
        assert notebook_file.read(path) == whole
        text = path.read_text(encoding="utf-8")
        for explanation in notebook_file.explanations(whole).values():
            sealed += 1
            assert json.dumps(explanation.splitlines()[0], ensure_ascii=False)[1:-1] not in text
    assert sealed > 100


def test_release_asks_the_predictions_of_the_course_and_does_not_answer_them() -> None:
    items, asked = release.contents(SOME, settings.load()), 0
    for lab in (catalog.find(chosen.id) for chosen in SOME.labs):
        content = items[f"labs/{lab.id}/{predictions.FILE}"].content.decode("utf-8")
        for prediction in predictions.read(lab):
            asked += 1
            assert json.dumps(prediction.question, ensure_ascii=False) in content
            assert prediction.why.strip().splitlines()[0] not in content and "right = " not in content
    assert asked == 3


def test_release_asks_the_recall_cards_and_does_not_answer_them() -> None:
    items, asked = release.contents(SOME, settings.load()), 0
    for lab in (catalog.find(chosen.id) for chosen in SOME.labs):
        content = items[f"labs/{lab.id}/{recall.FILE}"].content.decode("utf-8")
        for card in recall.cards(lab):
            asked += 1
            assert json.dumps(card.question.question, ensure_ascii=False) in content
            assert card.question.why.strip().splitlines()[0] not in content and "right = " not in content
    assert asked == 4 * len(SOME.labs)


def test_without_answers_keeps_every_check_and_its_number_of_hints(tmp_path: Path) -> None:
    items = release.contents(ALL, settings.load())
    release.write(items, tmp_path / "course", "x")
    counted = "import json; from checks import catalog, registry; " + (
        "print(json.dumps({lab.id: [[c.id, c.title, c.points, list(c.hints)] for c in registry.load(lab)] for lab in catalog.labs()}))"
    )
    stripped = json.loads(run(tmp_path / "course", counted))
    for lab in catalog.labs():
        for check, (id, title, points, left) in zip(registry.load(lab), stripped[lab.id], strict=True):
            assert (check.id, check.title, check.points, len(check.hints)) == (id, title, points, len(left))
            assert left[-1] == hints.LEFT_OUT


def run(course: Path, program: str) -> str:
    """Run a program with the modules of an unpacked release, and its own state and labs."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(course)}
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(course)!r})\n{program}"]
    done = subprocess.run(command, env=environment, cwd=course, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_unpacked_release_lists_its_labs_and_says_that_it_has_no_solutions(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(release.archive(release.contents(SOME, settings.load()), "course"))) as tar:
        tar.extractall(tmp_path, filter="data")
    program = "from checks.cli.__main__ import main; from sandboxes.settings import ROOT; print(ROOT); print(main(['list']))"
    listed = run(tmp_path / "course", program)
    assert listed.startswith(str(tmp_path / "course")) and listed.rstrip().endswith("0")
    assert "01-flask" in listed and "12-deployments" in listed and "02-layers" not in listed
    solve = "from checks.cli.__main__ import main; sys.stderr = sys.stdout; print(main(['solve', '01', '--yes']))"
    assert "no solution in this copy of the course" in run(tmp_path / "course", solve)


def test_release_is_written_as_a_folder_with_modes_and_times(tiny_labs: Path, tmp_path: Path) -> None:
    items = release.contents(replace(ALL, labs=(ClassLab("90-tiny"),)), settings.load())
    release.write(items, tmp_path / "course", "x")
    launcher = tmp_path / "course" / "slipway"
    assert stat.S_IMODE(launcher.stat().st_mode) == 0o755 and launcher.stat().st_mtime == release.TIME
    assert (tmp_path / "course" / "checks" / "labs" / "lab_90_tiny.py").is_file()
    with pytest.raises(SlipwayError, match="not an empty folder"):
        release.write(items, tmp_path / "course", "x")


def test_release_of_another_version_is_refused() -> None:
    with pytest.raises(SlipwayError, match="version 9.9"):
        release.contents(replace(ALL, course="9.9"), settings.load())


def test_images_of_a_class_include_the_node_image_where_it_has_a_cluster() -> None:
    chosen = settings.load()
    assert chosen.node_image in release.images(SOME, chosen)
    assert release.images(replace(SOME, labs=SOME.labs[:1]), chosen) == ["python:3.11-slim"]


def test_without_answers_changes_nothing_but_hints() -> None:
    source = (
        '@check("a", "A", hints=["Look.", ("Run `docker run "\n    "x`.")])\ndef a(s):\n'
        '    hint = "Ä: `kubectl apply -f it.yaml`, then `ls`."\n    yield Finding("kubectl apply -f it.yaml", hint=hint)\n'
    )
    assert hints.without_answers(source, frozenset(["kubectl apply -f it.yaml"])) == (
        f'@check("a", "A", hints=["Look.", ("{hints.LEFT_OUT}")])\ndef a(s):\n'
        '    hint = "Ä: `…`, then `ls`."\n    yield Finding("kubectl apply -f it.yaml", hint=hint)\n'
    )


@pytest.fixture
def class_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["class", "new", "demo", "--zone", "Europe/Vienna"]) == 0
    with Path("demo/roster.csv").open("a", encoding="utf-8") as file:
        file.write("ada,Ada Lovelace,,,\nben,Ben,,,\n")
    return tmp_path / "demo"


def test_commands_of_a_class_from_an_empty_folder(class_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["class", "check", "demo"]) == 0
    labs = len(catalog.labs())
    assert f"is valid: {labs} labs (0 with a due time), 2 learners, 0 extensions." in capsys.readouterr().out
    assert main(["class", "invite", "demo"]) == 0
    invitations = class_folder / "invitations"
    assert sorted(path.name for path in invitations.iterdir()) == ["ada.join", "ben.join"]
    assert stat.S_IMODE(invitations.stat().st_mode) == 0o700
    assert main(["class", "invite", "demo", "--learner", "eve"]) == 64
    assert main(["class", "release", "demo"]) == main(["class", "release", "demo", "-o", "again.tar.gz"]) == 0
    assert Path("demo.tar.gz").read_bytes() == Path("again.tar.gz").read_bytes()
    secret = (class_folder / "class.key").read_text(encoding="utf-8").split()[1]
    shown = capsys.readouterr()
    assert secret not in shown.out + shown.err and "2 join files" in shown.out
    (class_folder / "class.key").chmod(0o644)
    assert main(["class", "check", "demo"]) == 0
    assert "chmod 600" in capsys.readouterr().err


def test_check_of_an_invalid_class_lists_every_problem_and_contacts_nothing(
    class_folder: Path, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{docker.socket}")
    with (class_folder / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("ADA,=Ada,,,\n")
    text = (class_folder / "class.toml").read_text(encoding="utf-8")
    (class_folder / "class.toml").write_text(text.replace("00-start =", "00-strat ="), encoding="utf-8")
    assert main(["class", "check", "demo"]) == 64
    told = capsys.readouterr().err
    assert "The class has 3 problems:" in told and "Did you mean 00-start?" in told
    assert "roster.csv:4:1:" in told and "roster.csv:4:5:" in told and "class.toml:" in told
    for command in (["invite", "demo"], ["release", "demo", "--images", "images.tar"]):
        assert main(["class", *command]) == 64
    assert [path.name for path in Path().iterdir()] == ["demo"] and not docker.log


def test_new_class_refuses_a_folder_with_files_and_a_wrong_id(class_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["class", "new", "demo"]) == 64
    assert "is not empty" in capsys.readouterr().err
    assert main(["class", "new", "Ä b"]) == 64
    assert "--id" in capsys.readouterr().err
