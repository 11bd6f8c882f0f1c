"""The notebook's interface to a lab: `here = lab("01-flask")`, then `here.check("answers")`."""

import os
from datetime import UTC, datetime
from typing import Any

from IPython.display import display

from checks import backend, catalog, grade, notebook_file, progress, recall, registry, rollout_watch, timed_command
from checks.collect import docker, untagged_images
from checks.lifecycle import course_progress, explanation, provision, review, standing, workspace
from checks.lifecycle import prediction as prediction_of
from checks.model import Lab, Report
from checks.notebook_output import PROGRESS_MIME, Checked, Explained, Passing, Shown, answers, failure, notice
from checks.probes import mounts
from checks.probes.run import Context
from checks.render import draw, html, stack
from checks.render.rollout import Moment, describe
from checks.snapshot import Json, Unknown, tagged
from checks.vocabulary.containers import last_lines
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig
from sandboxes.errors import Exit, SlipwayError


class Here:
    """The lab that a notebook is about. Creating the object starts the lab or continues it."""

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

    @answers
    def check(self, *checks: str, wait: float | None = None) -> Checked | Shown:
        """Check the real state: all checks of the lab, or those you name."""
        checked = Checked(standing.with_predictions(self._grade(checks, wait).report, self._lab, self._settings))
        if course_progress.of(self._lab, self._settings).done:
            display(notice(standing.describe(self._lab, self._settings)))
        explained = explanation.of_checks(self._lab, checks) if checked.passed else None
        if explained is None:
            return checked
        display(checked)
        return Explained(checked.report, explained.text)

    def _grade(self, checks: tuple[str, ...], wait: float | None) -> grade.Graded:
        """Grade the real state, show what is waited for, and save the progress."""
        if not progress.read(self._settings, self._lab.id).started:
            workspace.start(self._lab, self._engine, self._settings)
        shown = Passing()

        def waits(report: Report, left: float) -> None:
            shown.show(Shown(f"Waiting, {left:.0f} s at most.", html.progress(report, left)))

        try:
            graded = grade.grade(self._lab, self._engine, self._settings, wanted=checks, wait=wait, on_wait=waits)
        finally:
            shown.end()
        try:
            grade.remember(graded, self._settings)
        except SlipwayError as error:  # the result is worth more than its record in the progress
            display(notice(f"Your progress was not saved. {error}"))
        return graded

    @answers
    def explain(self, task: str = "") -> Shown:
        """Explain the result of a task. The explanation follows a passed check; before that, your progress records this call."""
        return _markdown(explanation.request(self._lab, task, self._settings).text)

    @answers
    def predict(self, prediction: str, answer: str = "") -> Shown:
        """Show a question about the next experiment, and lock your answer. It never counts toward your points."""
        answered = prediction_of.answer(self._lab, prediction, answer, self._settings)
        to_answer, to_reveal = f'here.predict("{prediction}", "a")', f'here.reveal("{prediction}")'
        return _markdown(prediction_of.shown(answered, to_answer, to_reveal))

    @answers
    def recall(self, answer: str = "") -> Shown:
        """Answer a question about an earlier lab from memory. It never counts toward your points."""
        card = recall.opening(self._lab)
        if not answer:
            return _markdown(review.question(card, 'To choose `a`, run `here.recall("a")`. It never counts toward your points.'))
        return _markdown(review.result(review.answer(card, answer, self._settings, datetime.now(UTC))))

    @answers
    def reveal(self, prediction: str, *, anyway: bool = False) -> Shown:
        """Compare your prediction with the result of the experiment. With `anyway=True`, show the result without an answer."""
        return _markdown(prediction_of.result(prediction_of.reveal(self._lab, prediction, self._settings, anyway=anyway)))

    @answers
    def submit(self) -> Shown:
        """Check the lab, and write one signed file for your class next to this notebook. Nothing is sent."""
        from checks.classroom import membership, submitting

        joined = membership.require(self._settings)
        submitting.require_lab(joined, self._lab)
        graded = self._grade((), None)
        display(Checked(graded.report))
        prepared = submitting.prepare(joined, graded, submitting.now())
        path = submitting.target(prepared, workspace.folder(self._lab, self._settings))
        return notice(f"{submitting.describe(prepared)}\n\n{submitting.finish(prepared, path)}")

    @answers
    def hint(self, check: str = "") -> Shown:
        """Show the next hint for a check, or for the first open one. Call it again for the hint after that."""
        wanted = self._open_check(check)
        number, total, words = workspace.next_hint(self._lab, wanted, self._settings)
        again = f'`here.solution("{wanted.id}")` shows a solution.' if number == total else ""
        plain = "\n".join(line for line in (f"Hint {number} of {total} for “{wanted.title}”:", words, again) if line)
        return Shown(plain, html.hint(wanted.title, number, total, words, again))

    def _open_check(self, name: str) -> registry.Check:
        """Return the check of this name, or without a name the first that has not passed. Raise SlipwayError otherwise."""
        if name:
            return registry.find(self._lab, self._checks, name)
        if (wanted := workspace.next_check(self._lab, self._settings)) is None:
            raise SlipwayError("All checks of this lab have passed.", f'Name one, such as "{self._checks[0].id}".')
        return wanted

    @answers
    def solution(self, check: str = "") -> Shown:
        """Show a solution of the task of a check, or of the first open one. Your progress records it, without blame."""
        wanted = self._open_check(check)
        notebook_file.require_solution(self._lab)
        parts = notebook_file.solution_of(self._lab, wanted.id)
        workspace.note_solution(self._lab, wanted, self._settings)
        plain = "\n\n".join(f"{where}:\n{text}" for where, text in parts.items())
        return Shown(f"A solution for “{wanted.title}”:\n\n{plain}", html.solution(wanted.title, parts))

    @answers
    def reset(self) -> Shown:
        """Return the lab to its start: remove what it created and restore its files. This notebook stays as it is."""
        removed, left = workspace.reset(self._lab, self._engine, self._settings, notebook=False)
        workspace.start(self._lab, self._engine, self._settings)
        lines = [f"Removed {name}." for name in removed] + left
        lines.append("The lab is at its start again. Your versions of its files are in work/.saved.")
        return notice("\n".join(lines))

    @answers
    def progress(self) -> Shown:
        """Show how far you are in this lab."""
        kept = course_progress.of(self._lab, self._settings)
        next_check = workspace.next_check(self._lab, self._settings)
        plain, title = standing.describe(self._lab, self._settings), next_check.title if next_check else ""
        after = "" if next_check else plain.partition(". ")[2]
        page = html.header(self._lab.id, self._lab.title, kept.passed, kept.total, title, after)
        return Shown(plain, page, **{PROGRESS_MIME: {"lab": self._lab.id}})

    @answers
    def draw(self, *, layers: bool = False) -> Shown:
        """Draw what exists now: containers, images, networks and volumes, or on a cluster nodes, Pods and Services.

        With `layers=True`, the drawing includes what each container has written to its writable layer.
        """
        lab, folder = draw.whole(self._lab), workspace.folder(self._lab, self._settings)
        context = Context(self._engine, folder, self._settings.state / "cache", lab.namespace)
        snapshot = backend.collector(lab)(lab, self._engine, context, (), "")
        needed = "Pod" if lab.sandbox == "kind" else "container"
        if needed in snapshot.errors:
            raise SlipwayError(snapshot.errors[needed])
        if layers:
            mounts.add_layers(self._engine, snapshot)
        return Shown(draw.describe(snapshot, lab), **{"text/vnd.mermaid": draw.mermaid(snapshot, lab)})

    @answers
    def rollout(self, name: str, *, seconds: float = 60, namespace: str = "") -> Shown:
        """Watch the rollout of a Deployment: its revisions, the state of the Pods of each, and what happened so far.

        The drawing is updated until the rollout is complete or stuck, or `seconds` have passed (at most 120). The
        Deployment is in the lab's own namespace unless you name another namespace of the lab.
        """
        passing, look = Passing(), rollout_watch.looking(self._lab, self._engine, self._settings, name, namespace)
        try:
            return _moments(rollout_watch.watch(look, seconds, lambda seen, left: passing.show(_moments(seen, left))))
        finally:
            passing.end()

    @answers
    def layers(self, *images: str) -> Shown:
        """Show the layers of an image of this lab, with their sizes and the steps that created them. Two or three images
        are shown side by side: the layers that they share, and the layers that only one of them has."""
        if not 1 <= len(images) <= stack.MOST_IMAGES:
            raise SlipwayError(
                f"`here.layers` shows one to {stack.MOST_IMAGES} images, not {len(images)}.",
                'Name them: `here.layers("image:tag", "image:other-tag")`.',
                Exit.WRONG_USAGE,
            )
        bases = {name: docker.image(self._engine, name) for name in self._lab.images}
        shown = {name: self._image(name) for name in images}
        try:
            scene = stack.build(shown, {name: base for name, base in bases.items() if base})
        except Unknown as error:
            raise SlipwayError(f"The layers cannot be shown: {error}.") from error
        return Shown(stack.describe(scene), html.layers(scene))

    def _image(self, name: str) -> Json:
        """Return an image that belongs to the lab. Raises SlipwayError for any other, and for one that does not exist."""
        if not untagged_images.in_scope(tagged(name), self._lab.scope) and name not in self._lab.images:
            known = ", ".join([*self._lab.scope.images, *self._lab.images])
            raise SlipwayError(f"{name} is not an image of this lab.", f"Its images are: {known}.", Exit.WRONG_USAGE)
        image = docker.image(self._engine, name)
        if image is None:
            raise SlipwayError(f"There is no image called {name} yet.", "`docker images` lists those that exist.")
        return image

    @answers
    def time(self, name: str, command: str) -> Shown:
        """Run a shell command in the lab's folder and show how long it took, next to earlier measurements."""
        passing = Passing()
        passing.show(notice(f"{name}: running."))
        folder = workspace.folder(self._lab, self._settings)
        try:
            timed = timed_command.run(
                command, folder, lambda line, seconds: passing.show(notice(f"{name}: {seconds:.0f} s\n{line}"))
            )
        finally:
            passing.end()
        if timed.code:
            ended = f"{name} failed with exit code {timed.code} after {timed.seconds:.1f} s."
            raise SlipwayError(f"{ended} Its last lines:\n{last_lines(timed.printed, 10)}")
        self._times[name] = timed.seconds
        heading = "Seconds, measured in this notebook"
        plain = "\n".join([f"{heading}:", *(f"- {name}: {seconds:.1f} s" for name, seconds in self._times.items())])
        return Shown(plain, html.chart(heading, self._times, "s", timed.printed))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.progress().bundle

    def __repr__(self) -> str:
        return self.progress().plain


def _point_kubectl(lab: Lab, chosen: settings.Settings) -> None:
    """Make the notebook's kubectl use our cluster and the lab's namespace, and nothing else."""
    os.environ.update(lab_kubeconfig.environment(chosen, lab.id))


class Unavailable(Shown):
    """The stand-in for a lab that could not be opened: every method shows the reason, and none raises."""

    def __init__(self, error: SlipwayError) -> None:
        shown = failure(error)
        super().__init__(shown.plain)
        self.bundle = shown.bundle

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **options: Shown(self.plain, self.bundle["text/html"])


def lab(name: str) -> Here | Unavailable:
    """Start or continue a lab, and show how far you are."""
    here = open_lab(name)
    display(here)
    return here


def open_lab(name: str) -> Here | Unavailable:
    """Start or continue a lab."""
    try:
        return Here(catalog.find(name))
    except SlipwayError as error:
        return Unavailable(error)


def _markdown(text: str) -> Shown:
    return Shown(text, **{"text/markdown": text})


def _moments(seen: list[Moment], left: float | None = None) -> Shown:
    return Shown(describe(seen), html.rollout(seen, left))
