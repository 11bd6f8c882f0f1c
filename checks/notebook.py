"""What a notebook imports: `here = lab("01-flask")`, then `here.check("answers")`.

Every answer is shown as HTML in JupyterLab, says the same as plain text elsewhere, and travels as JSON in the output.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from IPython.display import display

from checks import backend, catalog, crash_report, grade, notebook_file, progress, registry, rollout_watch, timed_command
from checks.api_resources import USUAL
from checks.collect import docker, untagged_images
from checks.lifecycle import provision, workspace
from checks.model import Lab, Report
from checks.probes import mounts
from checks.probes.run import Context
from checks.render import draw, html, stack, text
from checks.render.rollout import Moment, describe
from checks.snapshot import Json, Unknown, tagged
from checks.vocabulary.containers import last_lines
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig
from sandboxes.errors import Exit, SlipwayError

REPORT_MIME = "application/vnd.slipway.report+json"


class Shown:
    """Something to show: HTML where there is a page, plain text elsewhere, and data for programs."""

    def __init__(self, plain: str, page: str = "", **more: Any) -> None:
        self.plain = plain
        self.bundle = {"text/plain": plain, **({"text/html": page} if page else {}), **more}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.bundle

    def __repr__(self) -> str:
        return self.plain


class Checked(Shown):
    """A report, shown. `passed` and `report` are there for whoever goes on with it in code."""

    def __init__(self, report: Report) -> None:
        super().__init__(text.render(report), html.fragment(report), **{REPORT_MIME: report.to_json()})
        self.report = report
        self.passed = report.passed


class Here:
    """The lab that a notebook is about. Making one starts the lab, or goes on with it."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._settings = settings.load()
        self._checks = registry.load(lab)
        if lab.sandbox == "kind":
            if not progress.read(self._settings, lab.id).started:
                provision.get_cluster(lab)
            _point_kubectl(lab, self._settings)
        self._engine = backend.connect(lab)
        self._times: dict[str, float] = {}
        workspace.start(lab, self._engine, self._settings)

    def check(self, *checks: str, wait: float | None = None) -> Checked | Shown:
        """Look at the real state and say what holds: all checks, or those named."""
        return _guarded(lambda: self._check(checks, wait))

    def _check(self, checks: tuple[str, ...], wait: float | None) -> Checked:
        if not progress.read(self._settings, self._lab.id).started:
            workspace.start(self._lab, self._engine, self._settings)
        shown = _Passing()

        def waits(report: Report, left: float) -> None:
            shown.show(Shown(f"Waiting, {left:.0f} s at most.", html.progress(report, left)))

        try:
            graded = grade.grade(self._lab, self._engine, self._settings, wanted=checks, wait=wait, on_wait=waits)
        finally:
            shown.end()
        try:
            grade.remember(graded, self._settings)
        except SlipwayError as error:  # what was found out is worth more than its note in the progress
            display(_notice(f"Your progress was not noted. {error}"))
        return Checked(graded.report)

    def hint(self, check: str) -> Shown:
        """The next hint for a check; asking again gives the one after it."""
        return _guarded(lambda: self._hint(check))

    def _hint(self, name: str) -> Shown:
        check = registry.find(self._lab, self._checks, name)
        number, total, words = workspace.next_hint(self._lab, check, self._settings)
        return Shown(f"Hint {number} of {total} for “{check.title}”:\n{words}", html.hint(check.title, number, total, words))

    def solution(self, check: str) -> Shown:
        """What solves the task that a check belongs to. That you asked is noted in your progress, without blame."""
        return _guarded(lambda: self._solution(check))

    def _solution(self, name: str) -> Shown:
        check = registry.find(self._lab, self._checks, name)
        parts = notebook_file.solution_of(self._lab, check.id)
        workspace.note_solution(self._lab, check, self._settings)
        plain = "\n\n".join(f"{where}:\n{what}" for where, what in parts.items())
        return Shown(f"A solution for “{check.title}”:\n\n{plain}", html.solution(check.title, parts))

    def reset(self) -> Shown:
        """Bring the lab back to its start: what it made is removed, its files restored. This notebook stays."""
        return _guarded(self._reset)

    def _reset(self) -> Shown:
        removed, left = workspace.reset(self._lab, self._engine, self._settings, notebook=False)
        workspace.start(self._lab, self._engine, self._settings)
        lines = [f"Removed {name}." for name in removed] + left
        lines.append("The lab is at its start again. Your versions of its files are kept under work/.saved.")
        return _notice("\n".join(lines))

    def progress(self) -> Shown:
        """Where you are in this lab."""
        return _guarded(self._progress)

    def _progress(self) -> Shown:
        kept = workspace.progress_of(self._lab, self._settings)
        next_check = workspace.next_check(self._lab, self._settings)
        plain = f"Lab {self._lab.id}, {self._lab.title}: {kept.passed} of {kept.total} checks have passed."
        plain += f" Next: {next_check.title}." if next_check else " All done."
        page = html.header(self._lab.id, self._lab.title, kept.passed, kept.total, next_check.title if next_check else "")
        return Shown(plain, page)

    def draw(self, *, layers: bool = False) -> Shown:
        """A picture of what is there now: containers, images, networks, volumes; on a cluster nodes, Pods, Services.

        With `layers=True` also what each container has written into its writable layer.
        """
        return _guarded(lambda: self._draw(layers))

    def _draw(self, layers: bool) -> Shown:
        lab, folder = drawn(self._lab), workspace.folder(self._lab, self._settings)
        context = Context(self._engine, folder, self._settings.state / "cache", lab.namespace)
        snapshot = backend.collector(lab)(lab, self._engine, context, (), "")
        needed = "Pod" if lab.sandbox == "kind" else "container"
        if needed in snapshot.errors:
            raise SlipwayError(snapshot.errors[needed])
        if layers:
            mounts.add_layers(self._engine, snapshot)
        return Shown(draw.describe(snapshot, lab), **{"text/vnd.mermaid": draw.mermaid(snapshot, lab)})

    def rollout(self, name: str, *, seconds: float = 60, namespace: str = "") -> Shown:
        """A Deployment's rollout as it goes on: its revisions, how the Pods of each are doing, and how it came to that.

        It is drawn anew until the rollout is complete, stuck, or `seconds` are over (120 at most). The Deployment is one
        in the lab's own namespace unless another one of the lab is named.
        """
        return _guarded(lambda: self._rollout(name, seconds, namespace))

    def _rollout(self, name: str, seconds: float, namespace: str) -> Shown:
        passing, look = _Passing(), rollout_watch.looking(self._lab, self._engine, self._settings, name, namespace)
        try:
            return _moments(rollout_watch.watch(look, seconds, lambda seen, left: passing.show(_moments(seen, left))))
        finally:
            passing.end()

    def layers(self, *images: str) -> Shown:
        """The layers of an image of this lab, with their sizes and the steps that made them. With two images or three,
        side by side: what each has of its own, and what they share."""
        return _guarded(lambda: self._layers(images))

    def _layers(self, names: tuple[str, ...]) -> Shown:
        if not 1 <= len(names) <= stack.MOST_IMAGES:
            raise SlipwayError(
                f"`here.layers` shows one to {stack.MOST_IMAGES} images, not {len(names)}.",
                'Name them: `here.layers("image:tag", "image:other-tag")`.',
                Exit.WRONG_USAGE,
            )
        bases = {name: docker.image(self._engine, name) for name in self._lab.images}
        shown = {name: self._image(name) for name in names}
        try:
            scene = stack.build(shown, {name: base for name, base in bases.items() if base})
        except Unknown as error:
            raise SlipwayError(f"The layers cannot be shown: {error}.") from error
        return Shown(stack.describe(scene), html.layers(scene))

    def _image(self, name: str) -> Json:
        """An image that the lab is about. Raises SlipwayError for another one, and where there is none."""
        if not untagged_images.in_scope(tagged(name), self._lab.scope) and name not in self._lab.images:
            known = ", ".join([*self._lab.scope.images, *self._lab.images])
            raise SlipwayError(f"{name} is no image of this lab.", f"Its images are: {known}.", Exit.WRONG_USAGE)
        found = docker.image(self._engine, name)
        if found is None:
            raise SlipwayError(f"There is no image called {name} yet.", "`docker images` lists what is there.")
        return found

    def time(self, name: str, command: str) -> Shown:
        """Run a shell command in the lab's folder and show how long it took, beside what was timed before."""
        return _guarded(lambda: self._time(name, command))

    def _time(self, name: str, command: str) -> Shown:
        passing = _Passing()
        passing.show(_notice(f"{name}: running."))
        folder = workspace.folder(self._lab, self._settings)
        try:
            timed = timed_command.run(
                command, folder, lambda line, seconds: passing.show(_notice(f"{name}: {seconds:.0f} s\n{line}"))
            )
        finally:
            passing.end()
        if timed.code:
            ended = f"{name} failed with exit code {timed.code} after {timed.seconds:.1f} s."
            raise SlipwayError(f"{ended} It said last:\n{last_lines(timed.printed, 10)}")
        self._times[name] = timed.seconds
        heading = "Seconds, measured in this notebook"
        plain = "\n".join([f"{heading}:", *(f"- {name}: {seconds:.1f} s" for name, seconds in self._times.items())])
        return Shown(plain, html.chart(heading, self._times, "s", timed.printed))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.progress().bundle

    def __repr__(self) -> str:
        return self.progress().plain


def drawn(lab: Lab) -> Lab:
    """The lab with all kinds in its scope that a picture shows."""
    kinds = tuple(dict.fromkeys([*lab.scope.kinds, *USUAL])) if lab.sandbox == "kind" else ()
    return replace(lab, scope=replace(lab.scope, kinds=kinds))


def _point_kubectl(lab: Lab, chosen: settings.Settings) -> None:
    """Lead the notebook's kubectl to our cluster and the lab's namespace, and nowhere else."""
    os.environ.update(lab_kubeconfig.environment(chosen, lab.id))


class Unavailable(Shown):
    """Stands in for a lab that could not be opened: whatever is asked of it says why, and nothing raises."""

    def __init__(self, error: SlipwayError) -> None:
        shown = _error(error)
        super().__init__(shown.plain)
        self.bundle = shown.bundle

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **options: Shown(self.plain, self.bundle["text/html"])


def lab(name: str) -> Here | Unavailable:
    """Start or continue a lab and show where you are."""
    try:
        here: Here | Unavailable = Here(catalog.find(name))
    except SlipwayError as error:
        here = Unavailable(error)
    display(here)
    return here


def _guarded(action: Callable[[], Shown]) -> Shown:
    """What goes wrong is shown in words: a notebook never answers with a traceback for what a person can do."""
    try:
        return action()
    except SlipwayError as error:
        return _error(error)
    except KeyboardInterrupt:
        return _notice("Stopped. Nothing is half-made; run the cell again when you like.")
    except Exception:
        return _notice(crash_report.record())


def _error(error: SlipwayError) -> Shown:
    return _notice(error.message + (f"\nFix: {error.fix}" if error.fix else ""))


def _notice(words: str) -> Shown:
    return Shown(words, html.notice(words))


def _moments(seen: list[Moment], left: float | None = None) -> Shown:
    return Shown(describe(seen), html.rollout(seen, left))


class _Passing:
    """One output that says what is going on, rewritten until the answer takes its place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, shown: Shown) -> None:
        if self.handle is None:
            self.handle = display(shown, display_id=True)
        else:
            self.handle.update(shown)

    def end(self) -> None:
        if self.handle is not None:
            self.handle.update(Shown("", "<span></span>"))
