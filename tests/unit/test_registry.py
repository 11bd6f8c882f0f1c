"""What a lab's set of checks must hold to be accepted, and how a check is found."""

import pytest

from checks import catalog, registry
from checks.registry import Check, RegistryError
from sandboxes.errors import Exit, SlipwayError

HINTS = ("where to look", "what to change")


def make(id: str, *needs: str, points: int = 1, hints: tuple[str, ...] = HINTS) -> Check:
    return Check(id, f"The {id} is there", lambda snapshot: (), points, needs, hints)


def test_needed_checks_come_first_and_the_rest_keeps_its_order() -> None:
    ordered = registry.order("01-x", [make("last", "middle"), make("first"), make("middle", "first"), make("alone")])
    assert [check.id for check in ordered] == ["first", "middle", "last", "alone"]


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([], "has no checks"),
        ([make("a"), make("a")], "“a” twice"),
        ([make("a", hints=("one",))], "has 1 hints"),
        ([make("a", hints=("one", "two", "three", "four"))], "has 4 hints"),
        ([make("a", points=0)], "has 0 points"),
        ([make("a", "b")], "needs “b”, which does not exist"),
        ([make("a", "b"), make("b", "c"), make("c", "a"), make("d")], "in a cycle: a, b, c"),
        ([make("a", "a")], "in a cycle: a"),
    ],
)
def test_a_faulty_set_is_refused(checks: list[Check], words: str) -> None:
    with pytest.raises(RegistryError, match="01-x") as refused:
        registry.order("01-x", checks)
    assert words in str(refused.value)


def test_wanted_checks_bring_what_they_need() -> None:
    checks = registry.order("01-x", [make("a"), make("b", "a"), make("c", "b"), make("d")])
    assert [check.id for check in registry.with_needs(checks, ["c"])] == ["a", "b", "c"]
    assert [check.id for check in registry.with_needs(checks, ["d", "b"])] == ["a", "b", "d"]


def test_an_unknown_check_suggests_the_nearest(tiny_labs: object) -> None:
    lab = catalog.find("90")
    checks = registry.load(lab)
    assert [check.id for check in checks] == ["image-built", "running", "answers", "note-kept"]
    with pytest.raises(SlipwayError, match="no check “answer”") as refused:
        registry.find(lab, checks, "answer")
    assert "Did you mean answers" in refused.value.fix
    assert refused.value.exit_code is Exit.WRONG_USAGE
    with pytest.raises(SlipwayError) as refused:
        registry.find(lab, checks, "zzz")
    assert refused.value.fix == "Its checks are: image-built, running, answers, note-kept."


def test_a_lab_without_a_module_is_an_error() -> None:
    lab = catalog.Lab("77-none", "", "", 1, "docker", folder=None, objectives=())  # type: ignore[arg-type]
    with pytest.raises(RegistryError, match="77-none has no module checks.labs.lab_77_none"):
        registry.load(lab)
