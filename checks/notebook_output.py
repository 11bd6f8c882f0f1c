"""The output of a notebook cell: HTML for JupyterLab, the same as plain text, and a report as JSON."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, ParamSpec

from IPython.display import display

from checks import crash_report
from checks.model import Report
from checks.notebook_file import REPORT_MIME
from checks.render import html, text
from sandboxes.errors import SlipwayError

Arguments = ParamSpec("Arguments")
# The type under which the output of a cell names the lab whose progress it shows: JupyterLab draws it as it is now.
PROGRESS_MIME = "application/vnd.slipway.progress+json"


class Shown:
    """An output in several forms: HTML where there is a page, plain text elsewhere, and data for programs."""

    def __init__(self, plain: str, page: str = "", **more: Any) -> None:
        self.plain = plain
        self.bundle = {"text/plain": plain, **({"text/html": page} if page else {}), **more}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.bundle

    def __repr__(self) -> str:
        return self.plain


class Checked(Shown):
    """A report as an output, with `report` and `passed` for code that uses the result."""

    def __init__(self, report: Report) -> None:
        super().__init__(text.render(report), html.fragment(report), **{REPORT_MIME: report.to_json()})
        self.report = report
        self.passed = report.passed


class Explained(Checked):
    """The explanation that follows a report which is shown already. It is Markdown, which JupyterLab renders."""

    def __init__(self, report: Report, markdown: str) -> None:
        super().__init__(report)
        self.plain = markdown
        self.bundle = {"text/plain": markdown, "text/markdown": markdown}


class Passing:
    """An output that shows what is happening, rewritten until the result replaces it."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, shown: Shown) -> None:
        """Show an output in place of the one before."""
        if self.handle is None:
            self.handle = display(shown, display_id=True)
        else:
            self.handle.update(shown)

    def end(self) -> None:
        """Remove what is shown."""
        if self.handle is not None:
            self.handle.update(Shown("", "<span></span>"))


def answers(method: Callable[Arguments, Shown]) -> Callable[Arguments, Shown]:
    """Decorate a method so that it shows errors in words: no cell ends in a traceback for what a person can do."""

    form = signature(method)

    @wraps(method)
    def answer(*arguments: Arguments.args, **options: Arguments.kwargs) -> Shown:
        try:
            form.bind(*arguments, **options)
        except TypeError as error:
            return notice(f"`here.{method.__name__}`: {error}.\nFix: call it as `{usage(method)}`.")
        try:
            return method(*arguments, **options)
        except SlipwayError as error:
            return failure(error)
        except KeyboardInterrupt:
            return notice("Interrupted. Nothing is half-done; you can run the cell again.")
        except Exception:
            return notice(crash_report.record())

    return answer


def usage(method: Callable[..., Shown]) -> str:
    """Return how a method of `here` is called: `here.draw(layers=False)`, without types."""
    parameters = list(signature(method).parameters.values())[1:]
    arguments = ", ".join(str(parameter.replace(annotation=Parameter.empty)) for parameter in parameters)
    return f"here.{method.__name__}({arguments})"


def failure(error: SlipwayError) -> Shown:
    """Return an error and its fix as an output."""
    return notice(error.message + (f"\nFix: {error.fix}" if error.fix else ""))


def notice(words: str) -> Shown:
    """Return a plain message as an output."""
    return Shown(words, html.notice(words))
