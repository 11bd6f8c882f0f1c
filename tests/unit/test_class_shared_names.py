"""Names of namespaces in a shared cluster: valid, told apart, and the same on every machine."""

import pytest

from checks import catalog
from checks.classroom import shared_names

IDS = ("ada", "Ada.Lovelace", "ada-lovelace", "ada.lovelace@example.org", "e12345678", "a" * 64, "0", "a+b", "a_b", "a" * 24)


def test_namespace_of_a_learner_is_prefix_slug_and_suffix() -> None:
    assert shared_names.namespace("containers", "ada", "lab-11-pods") == "containers-ada-11-pods"
    assert shared_names.namespace("containers", "E123", "development") == "containers-e123-development"
    assert shared_names.slug("ada.lovelace@example.org") == "adalovelaceexamp-7799473f"


def test_namespaces_of_all_labs_and_ids_are_valid_and_differ() -> None:
    own = {name for lab in catalog.labs() for name in lab.scope.namespaces}
    prefix = "c" * shared_names.MOST_PREFIX
    names = [shared_names.namespace(prefix, id, name) for id in IDS for name in own]
    assert len(own) > 12 and len(set(names)) == len(IDS) * len(own)
    assert all(catalog.NAMESPACE.fullmatch(name) for name in names)


def test_no_learner_can_be_taken_for_another_with_another_lab() -> None:
    suffixes = [name.removeprefix("lab-") for lab in catalog.labs() for name in lab.scope.namespaces]
    assert not [(one, other) for one in suffixes for other in suffixes if one.endswith(f"-{other}")]


@pytest.mark.parametrize(
    "id", ["2026-containers", "kube-class", "default-class", "c" * 63, "a-very-long-id-of-a-class-in-2026", "1"]
)
def test_prefix_of_any_class_id_is_a_prefix(id: str) -> None:
    assert shared_names.is_prefix(shared_names.prefix_of(id)) and shared_names.prefix_of(id) != id
    assert shared_names.prefix_of("containers") == "containers"


@pytest.mark.parametrize("text", ["", "kube-x", "Class", "-a", "a-", "a.b", "1a", "a" * 21, "default-a"])
def test_is_prefix_refuses_what_cannot_begin_a_namespace(text: str) -> None:
    assert not shared_names.is_prefix(text)


def test_namespace_that_would_be_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 63"):
        shared_names.namespace("containers", "ada", "n" * 60)
