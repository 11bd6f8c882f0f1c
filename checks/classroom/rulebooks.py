"""The rulebook of a grading run: the class, its labs as they are today, and which evidence they can grade."""

from checks import catalog
from checks.classroom import keys, rules
from checks.classroom.assess import SECONDS, Rulebook
from checks.classroom.folder import ClassFolder
from checks.classroom.store import Store
from checks.version import __version__
from sandboxes.settings import load


def rulebook_of(
    classroom: ClassFolder, store: Store, lab: str = "", learner: str = "", seconds: float = SECONDS
) -> tuple[Rulebook, dict[str, str]]:
    """Return the rulebook of a class and the fingerprint of the rules of each lab, and record the fingerprints.

    `lab` and `learner` are ids that restrict the run, or empty. `seconds` is the time for one submission.
    """
    labs = {item.id: catalog.read(load().labs / item.id / "lab.toml") for item in classroom.about.labs}
    today = {id: rules.fingerprint(found) for id, found in labs.items()}
    store.note_rules(__version__, today)
    rulebook = Rulebook(
        class_id=classroom.about.id,
        secret=keys.load(classroom.folder),
        learners=frozenset(item.id for item in classroom.learners),
        labs=labs,
        versions=versions(today, store.known_rules()),
        course=__version__,
        only_lab=lab,
        only_learner=learner,
        seconds=seconds,
    )
    return rulebook, today


def versions(today: dict[str, str], known: set[tuple[str, str, str]]) -> dict[str, frozenset[str]]:
    """Return the versions of the course that grade each lab as this one does, as far as the class has used them.

    `known` holds (version, lab, fingerprint). What a submission says about its version cannot add one.
    """
    return {
        lab: frozenset({__version__, *(course for course, named, value in known if (named, value) == (lab, fingerprint))})
        for lab, fingerprint in today.items()
    }
