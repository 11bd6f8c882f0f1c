"""The pages that are made from labs, command line and schemas."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from checks import catalog, notebook_file, registry
from checks.cli.app import build
from checks.docs import cli, interface, labs, mermaid, schema
from checks.model import Lab
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT


@pytest.fixture
def tiny(tiny_labs: Path) -> Lab:
    return catalog.find("90", tiny_labs)


def test_a_page_has_everything_of_its_lab(tiny: Lab) -> None:
    page = labs.page(tiny)
    assert f"# 90 · {tiny.title}" in page
    assert tiny.summary in page and f"{tiny.minutes} minutes" in page
    for objective in tiny.objectives:
        assert f"- {objective.text}" in page
    for check in registry.load(tiny):
        assert check.title in page
        for hint in check.hints:
            assert hint in page
    for task in notebook_file.tasks(notebook_file.read(tiny.folder / "lab.ipynb")):
        assert all(line.strip() in page for line in task.text.splitlines() if not line.startswith("#"))


def test_hints_and_solutions_are_folded(tiny: Lab) -> None:
    page = labs.page(tiny)
    hints = sum(len(check.hints) for check in registry.load(tiny))
    assert page.count('    ??? hint "Hint ') == hints
    shown = page.split('??? success "A solution"')
    assert len(shown) > 1
    typed = "\n".join(notebook_file.solution_cells(tiny).values()).splitlines()
    for line in (line for line in typed if line.strip()):
        assert not any(each.strip() == line.strip() for each in shown[0].splitlines()), "the solution stands open"
        assert f"    {line}" in page


def test_the_table_of_checks_names_points_and_needs(tiny: Lab) -> None:
    table = labs.page(tiny).split("## What is checked")[1]
    for check in registry.load(tiny):
        needs = ", ".join(f"`{need}`" for need in check.needs) or "nothing"
        assert f"| `{check.id}` | {check.title} | {check.points} | {needs} |" in table


def test_links_to_starter_files_lead_to_the_files_on_the_page(tiny: Lab, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny.folder, tmp_path / tiny.id)
    notebook = json.loads((copy / "lab.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = "See [the file](./Dockerfile) and [that](app/main.py)."
    (copy / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (copy / "app").mkdir()
    (copy / "app" / "main.py").write_text("print('here')\n", encoding="utf-8")
    (copy / "Dockerfile").write_text("FROM busybox:1.35\n", encoding="utf-8")
    page = labs.page(replace(tiny, folder=copy))
    assert "[the file](#file-dockerfile) and [that](#file-app-main-py)" in page
    assert "### `Dockerfile` { #file-dockerfile }" in page
    assert "### `app/main.py` { #file-app-main-py }\n\n```python\nprint('here')" in page


def test_a_link_to_the_notebook_of_another_lab_leads_to_its_page(tiny: Lab, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny.folder, tmp_path / tiny.id)
    notebook = json.loads((copy / "lab.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = "[Next: 09c A checkpoint](../09c-checkpoint-docker/lab.ipynb)"
    (copy / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert "[Next: 09c A checkpoint](09c-checkpoint-docker.md)" in labs.page(replace(tiny, folder=copy))


def test_a_bold_term_leads_to_the_glossary_once(tiny: Lab, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny.folder, tmp_path / tiny.id)
    notebook = json.loads((copy / "lab.ipynb").read_text(encoding="utf-8"))
    text = "**Images** and an **image**, **no term**.\n\n```bash\necho **volume**\n```\n\nA **volume**."
    notebook["cells"][-1]["source"] = text
    (copy / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    page = labs.page(replace(tiny, folder=copy))
    assert "**[Images](../glossary.md#image)** and an **image**, **no term**." in page
    assert "echo **volume**" in page and "A **[volume](../glossary.md#volume)**." in page


def test_the_course_lists_every_lab(tiny: Lab) -> None:
    assert f"[90 · {tiny.title}](90-tiny.md)" in labs.course_rows([tiny])


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("FROM x", "Dockerfile", "dockerfile"),
        ("FROM x", "api/Dockerfile.prod", "dockerfile"),
        ("a: 1", "compose.yaml", "yaml"),
        ("A=1", ".env", "bash"),
        ("*.pyc", ".dockerignore", "text"),
        ("%%bash\nls", "in a cell", "bash"),
        ("!docker ps\n!docker ps --all", "", "bash"),
        ("here.check('a')", "", "python"),
    ],
)
def test_code_is_highlighted_as_what_it_is(text: str, name: str, expected: str) -> None:
    assert labs.language(text, name) == expected


def commands(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = []
    for name, command in group.commands.items():
        paths += [(*path, name), *(commands(command, (*path, name)) if hasattr(command, "commands") else [])]
    return paths


def test_the_reference_has_every_command_with_an_example() -> None:
    page = cli.page()
    root = typer.main.get_command(build())
    sections = {part.split("\n", 1)[0].strip(): part for part in page.replace("\n### ", "\n## ").split("\n## ")[1:]}
    for path in commands(root):
        section = sections[f"slipway {' '.join(path)}"]
        command = root
        for name in path:
            command = command.commands[name]
        if not hasattr(command, "commands"):
            assert "```bash\nslipway " in section, f"{path} shows no example"
            for option in (option for parameter in command.params for option in parameter.opts if option.startswith("--")):
                assert option in section or option == "--help", f"{path} does not show {option}"
    assert "Example:" not in page
    assert "| 64 |" in sections["Exit codes"]


def test_the_reference_has_everything_that_a_notebook_can_ask() -> None:
    page = interface.page()
    for name in ("check", "hint", "solution", "reset", "progress", "draw"):
        assert f"## here.{name}\n" in page
    assert "here.check(*checks, wait=None)" in page
    assert "self" not in page and "_check" not in page


SCHEMA = {
    "title": "Report",
    "type": "object",
    "required": ["format", "results"],
    "properties": {
        "format": {"const": "x/1", "description": "The format | and version."},
        "results": {"type": "array", "items": {"$ref": "#/$defs/result"}, "description": "One for every check."},
        "score": {"type": "object", "properties": {"earned": {"type": "integer", "description": "Points."}}},
    },
    "$defs": {"result": {"type": "object", "properties": {"outcome": {"enum": ["passed", "not yet"]}}}},
}


def test_a_schema_becomes_tables(tmp_path: Path) -> None:
    (tmp_path / "report.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    page = schema.page(tmp_path)
    assert '| `format` | `"x/1"` | The format &#124; and version. |' in page
    assert "| `results` | list of result | One for every check. |" in page
    assert "| `score.earned` | integer | Points. |" in page
    assert "### Report: result" in page and 'one of `"passed"`, `"not yet"`' in page


def test_every_published_format_is_described() -> None:
    page = schema.page()
    assert schema.files(), "no schema is published"
    for path in schema.files():
        published = json.loads(path.read_text(encoding="utf-8"))
        for name in published["properties"]:
            assert f"| `{name}` |" in page, f"{path.name}: {name}"


def test_mermaid_is_refused_if_it_is_not_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mermaid, "_fetch", lambda kept: b"window.mermaid = {}")
    with pytest.raises(SlipwayError, match="is not Mermaid"):
        mermaid.script(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_mermaid_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, asked = b"window.mermaid = {}", []
    monkeypatch.setattr(mermaid, "SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(mermaid, "_fetch", lambda kept: asked.append(kept) or content)
    assert mermaid.script(tmp_path) == mermaid.script(tmp_path) == mermaid.NOTICE + content.decode()
    assert len(asked) == 1


def test_without_a_network_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(SlipwayError) as raised:
        mermaid.script(tmp_path)
    assert str(tmp_path) in raised.value.fix and list(tmp_path.iterdir()) == []


def palettes() -> dict[str, dict[str, str]]:
    """The colours of both palettes, by name."""
    text = (ROOT / "site" / "assets" / "slipway.css").read_text(encoding="utf-8")
    by_name = {}
    for scheme in ("default", "slate"):
        block = text.split(f'[data-md-color-scheme="{scheme}"] {{')[1].split("}")[0]
        pairs = (line.strip().rstrip(";").split(": ") for line in block.splitlines() if ": #" in line)
        by_name[scheme] = dict(pairs)
    return by_name


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_text_can_be_read_in_both_palettes(scheme: str) -> None:
    """The contrast is at least 4.5 to 1, as WCAG 2.2 (AA) asks for text."""
    colours = palettes()[scheme]
    grounds = {"--sw-paper", "--sw-raised", "--sw-node", "--sw-sand"}
    inks = [name for name in colours if name.startswith(("--sw-ink", "--sw-quiet", "--sw-sea", "--sw-oxide"))]
    code = [name for name in colours if name.startswith("--md-code-hl")] + ["--md-code-fg-color"]
    pairs = [(ink, ground) for ink in inks for ground in ("--sw-paper", "--sw-raised")]
    pairs += [("--sw-ink", ground) for ground in grounds] + [(name, "--md-code-bg-color") for name in code]
    for ink, ground in pairs:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        ratio = (light + 0.05) / (dark + 0.05)
        assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"
