"""What a lab's set of checks must hold to be accepted, and how a check is found."""

from pathlib import Path

import pytest

from checks import catalog, registry
from checks.registry import Check, RegistryError
from sandboxes.errors import Exit, SlipwayError

HINTS = ("where to look", "what to change")


def make(id: str, *needs: str, points: int = 1, hints: tuple[str, ...] = HINTS) -> Check:
    return Check(id, f"The {id} is there", lambda snapshot: (), points, needs, hints)


def test_order_puts_needed_checks_first_and_keeps_the_rest() -> None:
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
        ([make("a"), make("b", "a", "c")], "needs “c”, which does not exist"),
        ([make("a", "b"), make("b", "c"), make("c", "a"), make("d")], "in a cycle: a, b, c"),
        ([make("a", "a")], "in a cycle: a"),
    ],
)
def test_order_refuses_a_faulty_set(checks: list[Check], words: str) -> None:
    with pytest.raises(RegistryError, match="01-x") as refused:
        registry.order("01-x", checks)
    assert words in str(refused.value)


def test_with_needs_adds_what_the_wanted_checks_need() -> None:
    checks = registry.order("01-x", [make("a"), make("b", "a"), make("c", "b"), make("d")])
    assert [check.id for check in registry.with_needs(checks, ["c"])] == ["a", "b", "c"]
    assert [check.id for check in registry.with_needs(checks, ["d", "b"])] == ["a", "b", "d"]


def test_with_needs_follows_every_need() -> None:
    checks = registry.order("01-x", [make("a"), make("b"), make("c", "a"), make("d", "b", "c"), make("e")])
    assert [check.id for check in registry.with_needs(checks, ["d"])] == ["a", "b", "c", "d"]


def test_find_suggests_the_nearest_check(tiny_labs: object) -> None:
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


def test_load_refuses_a_lab_without_a_module() -> None:
    lab = catalog.Lab("77-none", "", "", 1, "docker", folder=None, objectives=())  # type: ignore[arg-type]
    with pytest.raises(RegistryError, match="77-none has no module checks.labs.lab_77_none"):
        registry.load(lab)


def test_load_does_not_take_a_module_that_imports_what_is_missing_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import checks.labs

    (tmp_path / "lab_78_broken.py").write_text("import a_module_that_is_not_installed\n", encoding="utf-8")
    monkeypatch.setattr(checks.labs, "__path__", [str(tmp_path)])
    lab = catalog.Lab("78-broken", "", "", 1, "docker", folder=tmp_path, objectives=())
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_installed"):
        registry.load(lab)
