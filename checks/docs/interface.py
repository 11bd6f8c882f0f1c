"""The reference of what a notebook can ask for, generated from the class that answers."""

import inspect

from checks.docs.markdown import fence

FIRST = """---
title: In a notebook
description: What can be asked of a lab from its notebook, with every argument.
---

# In a notebook

Every notebook of the course begins with two lines. They start its lab, or go on with it, and show where you are:"""
LAST = """Checks are named by their ids, listed in the table at the end of each lab’s page. `wait` is the time, in seconds,
that is given to what is still starting; without it the lab’s own time holds, and 0 looks once.

Every answer is shown in JupyterLab as formatted text, and says the same as plain text: `print(here.check())`. A report also
travels in the cell’s output as JSON, under the type `{mime}`, [described here](files.md). What goes wrong is said in
words, with what to do about it; nothing raises."""


def page() -> str:
    """Return the page: every public method of what `lab()` returns, with its signature and description."""
    from checks.notebook import Here
    from checks.notebook_file import REPORT_MIME
    from checks.notebook_output import usage

    parts = [FIRST, fence('from checks import lab\n\nhere = lab("01-flask")', "python")]
    for name, method in vars(Here).items():
        if not name.startswith("_"):
            parts += [f"## here.{name}", fence(usage(method), "python"), inspect.getdoc(method) or ""]
    return "\n\n".join([*parts, "## Answers", LAST.format(mime=REPORT_MIME)]) + "\n"
