"""The contributors' page and the README: the files and commands that they name."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer

from checks import catalog
from checks.cli.app import build
from sandboxes.settings import ROOT

PAGES = ("CONTRIBUTING.md", "README.md")
# Folders of a checkout that is in use, and files of a lab's folder.
MADE_LATER = (".venv", ".slipway", "work")
OF_A_LAB = {"misses.toml": "tests/snapshots/01-flask/misses.toml", "lab.toml": "labs/01-flask/lab.toml"}
PATH = re.compile(r"(?:[\w.-]+/)*[\w.-]+(?:\.(?:py|md|toml|json|sh)|/)|(?:[\w.-]+/)+[\w.-]+")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"```bash\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `./slipway …` command on a page, without comments."""
    spans = [*CODE.findall(FENCE.sub("", text)), *(line for block in FENCE.findall(text) for line in block.splitlines())]
    for span in spans:
        if span.startswith("./slipway "):
            yield shlex.split(span, comments=True)[1:]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_the_page_exists(page: str) -> None:
    text = read(page)
    named = {span for span in CODE.findall(FENCE.sub("", text)) if PATH.fullmatch(span)}
    named |= {word for words in commands(text) for word in words if "/" in word}
    named |= {target for pair in LINK.findall(text) for target in pair if target}
    assert len(named) > 3
    absent = [name for name in sorted(named) if not exists(name)]
    assert not absent, f"{page} names what does not exist: {absent}"


def exists(name: str) -> bool:
    return name.split("/")[0] in MADE_LATER or (ROOT / OF_A_LAB.get(name, name)).exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_the_page_exists_with_its_options(page: str) -> None:
    root = typer.main.get_command(build())
    named = list(commands(read(page)))
    assert len(named) > 2
    for words in named:
        command, rest = root, list(words)
        while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
            assert rest[0] in command.commands, f"{page}: there is no command `slipway {' '.join(words)}`"
            command = command.commands[rest.pop(0)]
        if command.name == "test":
            continue  # its options are pytest's
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        wrong = [word for word in rest if word.startswith("-") and word not in known]
        assert not wrong, f"{page}: `slipway {' '.join(words)}` has no {wrong}"


def test_readme_has_the_commands_for_learners_and_for_contributors() -> None:
    text = read("README.md")
    assert "./slipway up" in text and "./slipway test" in text
    first = FENCE.search(text)
    assert first is not None and "test" not in first[1], "the first command of a learner is not the tests"


def test_readme_gives_the_length_of_the_shortest_and_the_longest_lab() -> None:
    minutes = [lab.minutes for lab in catalog.labs(ROOT / "labs")]
    assert f"{min(minutes)} to {max(minutes)} minutes" in " ".join(read("README.md").split())


def test_a_command_without_a_name_is_noticed() -> None:
    assert [*commands("`./slipway nothing --x`, `docker ps` and ```bash\n./slipway up # now\n```")] == [
        ["nothing", "--x"],
        ["up"],
    ]
