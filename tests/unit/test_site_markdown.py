"""The Markdown of notebooks means the same on the site as in JupyterLab."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import markdown
import pytest
from markdown_it import MarkdownIt

from checks import catalog, notebook_file
from checks.docs.markdown import adapt, fence, indent, split_heading
from sandboxes.settings import ROOT

COUNTED = re.compile(r"<(h[1-6]|ul|ol|li|table|tr|blockquote|strong|em|a|img|code|pre)[ >/]")


@pytest.fixture(scope="module")
def site_markdown() -> markdown.Markdown:
    """Python-Markdown, set up as mkdocs.yml says, but for colours and heading links."""
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"))
    options: dict[str, Any] = {**config.mdx_configs, "toc": {}, "pymdownx.highlight": {"use_pygments": False}}
    return markdown.Markdown(extensions=config.markdown_extensions, extension_configs=options)


def structure(html: str) -> Counter[str]:
    """How often each kind of element occurs; a diagram counts as the code block that it is in a notebook."""
    diagrams = html.count('<div class="diagram"')
    found = Counter(COUNTED.findall(html))
    found["pre"] += diagrams
    found["code"] += diagrams
    return +found


CASES = {
    "list after a paragraph": "Three things:\n- one\n- two\n- three",
    "nested by two": "- one\n  - inner\n    - deepest\n- two",
    "nested by three under a number": "1. one\n   - inner\n   - other\n2. two",
    "number with bracket": "1) one\n2) two",
    "code in an item": "- one\n\n  ```bash\n  docker ps\n    indented\n  ```\n- two",
    "paragraph in an item": "1. one\n\n   more of one\n\n2. two",
    "table after a paragraph": "Compare:\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nDone.",
    "dashes in code are no list": "```bash\ndocker run \\\n  --rm \\\n- not a list\n```\ntext",
    "ten items": "\n".join(f"{number}. item" for number in range(1, 12)),
    "quote": "> said\n> more\n\nafter",
    "emphasis": "a **strong** and *leaning* word, `code`, [link](https://docs.docker.com/)",
    "diagram": "```mermaid\nflowchart LR\n    a --> b\n```",
    "fence in a fence": "````markdown\n```bash\nls\n```\n````",
    "item that wraps": "- one that goes on\n  in the next line\n- two",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_the_site_has_the_structure_of_the_notebook(text: str, site_markdown: markdown.Markdown) -> None:
    site_markdown.reset()
    ours = site_markdown.convert(adapt(text, "glossary.md"))
    theirs = MarkdownIt("commonmark").enable("table").render(text)
    assert structure(ours) == structure(theirs), ours


def test_text_of_code_is_kept_in_a_list(site_markdown: markdown.Markdown) -> None:
    site_markdown.reset()
    shown = site_markdown.convert(adapt(CASES["code in an item"], "glossary.md"))
    assert "docker ps\n  indented" in shown


def every_lab() -> list[Any]:
    return [pytest.param(lab.folder / "lab.ipynb", id=lab.id) for lab in catalog.labs(ROOT / "labs")]


@pytest.mark.parametrize("path", every_lab())
def test_every_cell_of_every_lab_keeps_its_structure(path: Path, site_markdown: markdown.Markdown) -> None:
    for cell in notebook_file.read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            site_markdown.reset()
            ours = structure(site_markdown.convert(adapt(cell["source"], "glossary.md")))
            theirs = structure(MarkdownIt("commonmark").enable("table").render(cell["source"]))
            assert ours == theirs, f"cell {cell['id']}"


@pytest.mark.parametrize(
    "written",
    ["../../site/glossary.md#image", "glossary.md#image", "https://x.example/glossary/#image", "/glossary.html#image"],
)
def test_links_to_the_glossary_lead_to_the_glossary_of_the_site(written: str) -> None:
    assert adapt(f"an [image]({written}).", "../glossary.md") == "an [image](../glossary.md#image)."


def test_other_links_stay() -> None:
    text = "[docs](https://docs.docker.com/glossary-of-all/) and [app](app.py)"
    assert adapt(text, "../glossary.md") == text


def test_a_heading_is_split_from_its_text() -> None:
    assert split_heading("\n## Task 1: build\n\nBuild it.\n") == (2, "Task 1: build", "Build it.")
    assert split_heading("Build it.") == (0, "", "Build it.")


def test_a_fence_holds_code_with_fences() -> None:
    assert fence("```\nx\n```", "text") == "````text\n```\nx\n```\n````"
    assert fence("x", "python", "app.py") == '```python title="app.py"\nx\n```'


def test_indenting_leaves_empty_lines_empty() -> None:
    assert indent("a\n\n b") == "    a\n\n     b"
