"""Applying a JSON Patch: as jsonpatch does, without a change to the document that it is applied to."""

import copy
import json
from typing import Any

import pytest
from jsonpatch import JsonPatch

from checks import catalog
from checks.dev import difference_file, json_patch
from sandboxes.settings import ROOT

POD = {"metadata": {"labels": {"app/tier": "web", "a~b": "1"}}, "spec": {"containers": [{"name": "web"}, {"name": "log"}]}}
PATCHES: list[list[dict[str, Any]]] = [
    [],
    [{"op": "replace", "path": "", "value": {"new": []}}, {"op": "add", "path": "/new/-", "value": 1}],
    [{"op": "remove", "path": "/metadata/labels/app~1tier"}, {"op": "replace", "path": "/metadata/labels/a~0b", "value": None}],
    [{"op": "add", "path": "/spec/containers/0", "value": {"name": "first"}}, {"op": "remove", "path": "/spec/containers/2"}],
    [{"op": "add", "path": "/spec/containers/2", "value": {}}, {"op": "add", "path": "/spec/containers/2/name", "value": "last"}],
    [
        {"op": "replace", "path": "/spec/containers/0/name", "value": "one"},
        {"op": "copy", "from": "/spec", "path": "/status"},
        {"op": "replace", "path": "/status/containers/0/name", "value": "two"},
        {"op": "add", "path": "/spec/containers/0/image", "value": "web:1"},
    ],
]


@pytest.mark.parametrize("patch", PATCHES)
def test_apply_does_what_jsonpatch_does_and_leaves_the_original(patch: list[dict[str, Any]]) -> None:
    document, operations = copy.deepcopy(POD), copy.deepcopy(patch)
    changed = json_patch.apply(document, operations)
    assert json.dumps(changed) == json.dumps(JsonPatch(patch).apply(POD))
    assert (document, operations) == (POD, patch)


def test_apply_shares_what_the_patch_leaves_alone() -> None:
    changed = json_patch.apply(POD, [{"op": "add", "path": "/spec/containers/1/image", "value": "log:1"}])
    assert changed["metadata"] is POD["metadata"]
    assert changed["spec"]["containers"][0] is POD["spec"]["containers"][0]
    assert changed["spec"]["containers"][1] is not POD["spec"]["containers"][1]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/status"},
        {"op": "replace", "path": "/status", "value": 1},
        {"op": "add", "path": "/status/phase", "value": 1},
        {"op": "add", "path": "/spec/containers/3", "value": 1},
        {"op": "add", "path": "/spec/containers/-1", "value": 1},
        {"op": "replace", "path": "/spec/containers/2", "value": 1},
        {"op": "remove", "path": "/spec/containers/-", "value": 1},
        {"op": "remove", "path": "/spec/containers/-1"},
        {"op": "replace", "path": "/spec/containers/x", "value": 1},
        {"op": "add", "path": "/spec/containers/0/name/x", "value": 1},
        {"op": "replace", "path": "spec", "value": 1},
        {"op": "copy", "from": "/status", "path": "/more"},
        {"op": "move", "from": "/spec", "path": "/status"},
        {"op": "add", "path": "/status"},
        {"path": "/status", "value": 1},
    ],
)
def test_a_patch_that_does_not_apply_raises(operation: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        json_patch.apply(POD, [operation])


def test_every_recording_is_what_jsonpatch_makes_of_it() -> None:
    """A snapshot that came out differently would be graded as a state that never was."""
    for lab in catalog.labs(ROOT / "labs"):
        folder = ROOT / "tests" / "snapshots" / lab.id
        solved = (folder / difference_file.SOLVED).read_bytes()
        for path in folder.glob("*.json"):
            file = json.loads(path.read_bytes())
            if file["format"] == difference_file.FORMAT:
                before = difference_file.decode({**file, "patch": []}, solved)
                expected = JsonPatch(file["patch"]).apply(before)
                assert json.dumps(difference_file.decode(file, solved)) == json.dumps(expected), path
