"""The site's page of each lab, generated from its notebook, its lab.toml, its checks and its solution."""

import html
import re
from pathlib import Path

from checks import glossary, notebook_file, predictions, recall, registry
from checks.docs import pictures
from checks.docs.markdown import adapt, fence, indent, split_heading
from checks.lifecycle.workspace import starter_files
from checks.model import Lab
from checks.notebook_file import Cell, Task
from checks.questions import Question
from checks.registry import Check

GLOSSARY = "../glossary.md"
BOLD = re.compile(r"\*\*([A-Za-z][A-Za-z -]*)\*\*")
OTHER_LAB = re.compile(rf"\]\({notebook_file.OTHER_LAB.pattern}\)")
FENCED = re.compile(r"(^```.*?^```)", re.DOTALL | re.MULTILINE)
LANGUAGES = {".py": "python", ".sh": "bash", ".yaml": "yaml", ".yml": "yaml", ".html": "html", ".toml": "toml",
             ".go": "go", ".sql": "sql", ".json": "json", ".conf": "nginx"}  # fmt: skip
SANDBOXES = {"docker": "Docker", "kind": "Kubernetes, on kind"}


def path(lab: Lab) -> str:
    """Return the page's source path in the site."""
    return f"labs/{lab.id}.md"


def title(lab: Lab) -> str:
    """Return the lab's number and title, for the navigation and the page's heading."""
    return f"{lab.id.split('-')[0]} · {lab.title}"


def page(lab: Lab) -> str:
    """Return the page of a lab. Raise SlipwayError or RegistryError for an incomplete lab."""
    checks = registry.load(lab)
    notebook = notebook_file.read(lab.folder / "lab.ipynb")
    files = _files(lab)
    body = _Body(lab, checks, notebook_file.tasks(notebook), {name: f"#{_anchor(name)}" for name in files})
    parts = [_head(lab, checks), *body.cells(notebook["cells"]), _table(checks), *_shown(files)]
    return "\n\n".join(part for part in parts if part) + "\n"


def course_rows(labs: list[Lab]) -> str:
    """Return the list of labs on the course's page."""
    cards = []
    for lab in labs:
        checks = registry.load(lab)
        cards.append(f"- [{title(lab)}]({lab.id}.md){{ .lab-link }}\n\n{indent(lab.summary)}\n\n    {_facts(lab, checks)}")
    return '<div class="labs" markdown>\n\n' + "\n\n".join(cards) + "\n\n</div>"


def _head(lab: Lab, checks: tuple[Check, ...]) -> str:
    front = f"---\ntitle: {title(lab)!r}\ndescription: {lab.summary!r}\n---"
    needs = ", ".join(f"[{id}]({id}.md)" for id in lab.prerequisites)
    before = f"\n\nDo first: {needs}." if needs else ""
    start = fence(f"./slipway start {lab.id}", "bash")
    objectives = "\n".join(f"- {objective.text}" for objective in lab.objectives)
    return (
        f"{front}\n\n# {title(lab)}\n\n{lab.summary}\n{{ .lead }}\n\n{_facts(lab, checks)}\n\n"
        f"**You will be able to**\n\n{objectives}{before}\n\n"
        '!!! note "Read here, work in the notebook"\n\n'
        "    This page is generated from the lab’s notebook. To work through it, with checks that look at your own "
        f"containers, run this and open `lab.ipynb` in JupyterLab:\n\n{indent(start)}"
    )


def _facts(lab: Lab, checks: tuple[Check, ...]) -> str:
    points = sum(check.points for check in checks)
    facts = (f"{lab.minutes} minutes", SANDBOXES[lab.sandbox], _count(len(checks), "check"), _count(points, "point"))
    return '<span class="facts">' + " ".join(f"<span>{fact}</span>" for fact in facts) + "</span>"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _table(checks: tuple[Check, ...]) -> str:
    rows = ["## What is checked", "", "| check | what must be so | points | depends on |", "| --- | --- | ---: | --- |"]
    for check in checks:
        needs = ", ".join(f"`{need}`" for need in check.needs) or "nothing"
        rows.append(f"| `{check.id}` | {_cell(check.title)} | {check.points} | {needs} |")
    return "\n".join(rows)


def _files(lab: Lab) -> dict[str, str]:
    """Return the text files of a learner, without the notebook and its pictures, by their path in the lab's folder."""
    paths = [path for path in starter_files(lab) if path.suffix not in (".ipynb", pictures.SUFFIX)]
    texts = {path.relative_to(lab.folder).as_posix(): _text(path) for path in paths}
    return {name: text for name, text in texts.items() if text is not None}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _shown(files: dict[str, str]) -> list[str]:
    if not files:
        return []
    parts = ["## The files that you begin with"]
    for name, text in files.items():
        parts += [f"### `{name}` {{ #{_anchor(name)} }}", fence(text, language(text, name)) if text.strip() else "Empty."]
    return parts


def _anchor(name: str) -> str:
    return "file-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "&#124;")


class _Body:
    """The notebook's cells as Markdown of the site, with what belongs to each task folded below it."""

    def __init__(self, lab: Lab, checks: tuple[Check, ...], tasks: list[Task], files: dict[str, str]) -> None:
        self.lab = lab
        self.files = files
        self.checks = {check.id: check for check in checks}
        self.tasks = {task.id: task for task in tasks}
        self.work = {task.work for task in tasks}
        self.open: Task | None = None
        self.terms = glossary.anchors()
        self.predictions = {prediction.id: prediction for prediction in predictions.read(lab)}

    def cells(self, cells: list[Cell]) -> list[str]:
        """Render every cell except the first, whose content is in the head of the page."""
        return [part for cell in cells[1:] for part in (self._cell(cell),) if part]

    def _cell(self, cell: Cell) -> str:
        source = cell["source"].strip("\n")
        if cell["cell_type"] == "markdown":
            if notebook_file.is_explanation(cell):
                return f'??? info "What happened (read on when you have done the task)"\n\n{indent(self._adapt(source))}'
            return self._task(self.tasks[cell["id"]]) if cell["id"] in self.tasks else self._adapt(source)
        if not source.strip() or cell["cell_type"] != "code":
            return ""
        if id := notebook_file.predicted(source):
            return self._question(self.predictions[id])
        if id := notebook_file.revealed(source):
            return self._result(self.predictions[id])
        if notebook_file.recalls(source):
            return self._opening(recall.opening(self.lab))
        code = fence(source, language(source))
        asked = notebook_file.checks_asked(source)
        if self.open and asked:
            code += "\n\n" + self._help(self.open, asked)
            self.open = None
        return code

    def _adapt(self, text: str) -> str:
        text = pictures.adapt(OTHER_LAB.sub(r"](\1.md)", text), self.lab)
        parts = FENCED.split(adapt(text, GLOSSARY, self.files))
        # Every second part is a code block.
        return "".join(part if number % 2 else BOLD.sub(self._term, part) for number, part in enumerate(parts))

    def _term(self, match: re.Match[str]) -> str:
        """Return a term in bold, with a link to the glossary where it first appears in a lab."""
        word = match[1].lower()
        anchor = self.terms.pop(word, "") or self.terms.pop(word.removesuffix("s"), "")
        return f"**[{match[1]}]({GLOSSARY}#{anchor})**" if anchor else match[0]

    def _task(self, task: Task) -> str:
        self.open = task
        level, words, rest = split_heading(task.text)
        heading = f"{'#' * max(level, 2)} {words}\n\n" if level else ""
        return f'{heading}!!! task "Your task"\n\n{indent(self._adapt(rest))}'

    def _opening(self, card: recall.Card) -> str:
        asked = card.question
        question = self._adapt(f"{asked.question}\n\n{_lettered(asked)}")
        right = self._adapt(f"**{asked.right}** {asked.option(asked.right)}\n\n{asked.why.strip()}")
        return f'!!! question "From lab {title(card.lab)}"\n\n{indent(question)}\n\n??? info "The answer"\n\n{indent(right)}'

    def _question(self, prediction: Question) -> str:
        text = self._adapt(f"{prediction.question}\n\n{_lettered(prediction)}")
        return f'??? question "Your prediction"\n\n{indent(text)}'

    def _result(self, prediction: Question) -> str:
        right = f"**{prediction.right}** {prediction.option(prediction.right)}"
        text = self._adapt(f"{right}\n\n{prediction.why.strip()}")
        return f'??? info "The result (read on when you have made a prediction)"\n\n{indent(text)}'

    def _help(self, task: Task, asked: tuple[str, ...]) -> str:
        hints = [self._hints(self.checks[id]) for id in asked]
        return "\n\n".join([*hints, self._solution(asked)])

    def _hints(self, check: Check) -> str:
        steps = []
        for number, words in enumerate(check.hints, 1):
            steps.append(f'    ??? hint "Hint {number} of {len(check.hints)}"\n\n{indent(self._adapt(words), 2)}')
        return f'??? hint "Hints: {_quoted(check.title)}"\n\n' + "\n\n".join(steps)

    def _solution(self, asked: tuple[str, ...]) -> str:
        parts: dict[str, str] = {}
        for id in asked:
            parts |= notebook_file.solution_of(self.lab, id)
        if not parts:
            return ""
        blocks = [fence(text, language(text, name), name) for name, text in parts.items()]
        return '??? success "A solution"\n\n' + indent("\n\n".join(blocks))


def _lettered(question: Question) -> str:
    """Return the options of a question, each with its letter."""
    return "\n".join(f"- **{letter}** {question.option(letter)}" for letter in question.letters)


def _quoted(title: str) -> str:
    return title.replace('"', "&quot;")


def language(text: str, name: str = "") -> str:
    """Return the language to highlight a text as, by the name of its file or as a notebook's cell."""
    if name.rpartition("/")[2].startswith("Dockerfile"):
        return "dockerfile"
    if name.startswith(".") or "/." in name:
        return "bash" if name.endswith(".env") else "text"
    suffix = name[name.rfind(".") :] if "." in name else ""
    if suffix in LANGUAGES:
        return LANGUAGES[suffix]
    if suffix:
        return "text"
    lines = [line for line in text.splitlines() if line.strip()]
    if lines[:1] == [notebook_file.SHELL_MAGIC] or all(line.startswith(("!", "#")) for line in lines):
        return "bash"
    return "python"
