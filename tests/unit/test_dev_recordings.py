"""How recordings are stored: differences from the solved state that are read back whole, and say so where they cannot be."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonpatch import JsonPatch

from checks import catalog, grade
from checks.dev import anonymize, difference_file, json_layout, replay, unread
from checks.dev.json_difference import difference
from checks.model import Lab
from checks.snapshot import Json, Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT

POD = "web-5c998546f9-{}"


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


def pod(name: str, uid: str, created: str, hash: str = "5c998546f9", image: str = "nginx:1.26") -> Json:
    owner = {"kind": "ReplicaSet", "name": f"web-{hash}", "uid": "0b3a0d3e-5a0f-4f0e-8d1c-000000000001", "controller": True}
    about = {"name": name, "uid": uid, "creationTimestamp": created, "generateName": f"web-{hash}-", "ownerReferences": [owner]}
    volume = {"name": "kube-api-access-x7k2p"}
    return {
        "kind": "Pod",
        "metadata": {**about, "resourceVersion": "12", "labels": {"pod-template-hash": hash}},
        "spec": {"containers": [{"name": "nginx", "image": image}], "volumes": [volume]},
        "status": {"podIP": "10.244.1.7", "hostIP": "172.18.0.3"},
    }


def cluster(random: str, taken: str, created: str, seen: str, image: str = "nginx:1.26") -> Json:
    """A cluster's snapshot with one Pod; what is drawn in every run depends on `random`, a letter."""
    uid = f"{random * 8}-0000-4000-8000-000000000000"
    name = POD.format(random * 5)
    about = {"kind": "Pod", "name": name, "uid": uid, "fieldPath": "spec.containers{nginx}"}
    event = {"kind": "Event", "metadata": {"name": f"{name}.18eb0e19057c8056", "uid": uid}, "involvedObject": about}
    event |= {"reason": "Started", "lastTimestamp": seen, "message": f"Started {name}"}
    gone = {**event, "involvedObject": {**about, "uid": "ffffffff-0000-4000-8000-00000000000f"}}
    objects = {
        "Pod": {name: pod(name, uid, created, image=image)},
        "Event": {f"{name}.18eb0e19057c8056": event, f"{name}.18eb0e19057c8057": gone},
    }
    lines = f"{name} opened by {uid}\n{uid} at {seen[11:19]} from 10.244.1.7\nsum {'ab' * 32}\n"
    probes = {"log": {"ok": True, "text": lines, "password": f"‹redacted {random * 8}› ‹redacted base64 {random * 8}›"}}
    return {**Snapshot("11-pods", taken, objects=objects, probes=probes).to_json()}


FIRST = cluster("b", "2026-11-24T18:20:00Z", "2026-11-24T18:19:30Z", "2026-11-24T18:19:31Z")
LATER = cluster("c", "2027-03-02T23:59:59Z", "2027-03-02T23:59:29Z", "2027-03-02T23:59:30Z")


def test_a_state_recorded_twice_gives_the_same_bytes() -> None:
    first, later = (json_layout.dumps(anonymize.timeless(data)) for data in (FIRST, LATER))
    assert first == later
    assert "bbbbb" not in first
    assert "18eb0e19" not in first


def test_anonymizing_keeps_what_belongs_together() -> None:
    data = anonymize.timeless(FIRST)
    (name, item), uid = next(iter(data["objects"]["Pod"].items())), "uid"
    (key, event), text = next(iter(data["objects"]["Event"].items())), data["probes"]["log"]["text"]
    assert len(data["objects"]["Event"]) == 1, "an event about what is not there is left out"
    assert key == f"{name}.pod.started.nginx.1"
    assert event["involvedObject"][uid] == item["metadata"][uid]
    assert text.count(item["metadata"][uid]) == 2, "also after a line break"
    assert item["status"]["podIP"] in text
    assert item["status"]["podIP"].startswith("10.244.1.")
    assert "ab" * 32 in text, "the sum of a file is no ID"
    mark, in_base64 = data["probes"]["log"]["password"].replace("base64 ", "").split("› ‹")
    assert mark.lstrip("‹") == in_base64.rstrip("›")


def test_anonymizing_keeps_order_and_distances_of_times() -> None:
    data = anonymize.timeless(FIRST)
    item, event = (next(iter(data["objects"][kind].values())) for kind in ("Pod", "Event"))
    assert data["taken"] == "2026-01-01T12:00:00Z"
    assert item["metadata"]["creationTimestamp"] == "2026-01-01T11:59:30Z"
    assert event["lastTimestamp"] == "2026-01-01T11:59:31Z"
    assert " at 11:59:31 from" in data["probes"]["log"]["text"]


def test_anonymizing_tells_different_ids_apart() -> None:
    ids = {
        f"sha256:{digit * 64}": {"Id": f"sha256:{digit * 64}", "RootFS": {"Layers": [f"sha256:{digit}{'0' * 63}"]}}
        for digit in "12"
    }
    data = anonymize.timeless(Snapshot("x", "2026-11-24T18:20:00Z", objects={"image": ids}).to_json())
    assert len(data["objects"]["image"]) == 2
    assert len({image["RootFS"]["Layers"][0] for image in data["objects"]["image"].values()}) == 2
    assert all(key == image["Id"] for key, image in data["objects"]["image"].items())


@pytest.mark.parametrize(
    "words",
    [
        "2026-11-24T18:19:30.123456789Z",
        "2026-11-24 18:19:30.123 UTC",
        "2026/11/24 18:19:30",
        "24/Nov/2026:18:19:30 +0000",
        "24/Nov/2026 18:19:30",
        "24 Nov 2026 18:19:30",
        "Tue, 24 Nov 2026 18:19:30 GMT",
        "Tue Nov 24 18:19:30 UTC 2026",
        "Nov 24 18:19:30 2026 GMT",
        "at 18:19:30",
        "1795544370",
        "1795544370000-0",
    ],
)
def test_times_of_every_form_are_moved(words: str) -> None:
    moved = anonymize.timeless(Snapshot("x", "2026-11-24T18:20:00Z", probes={"p": {"text": words}}).to_json())["probes"]["p"][
        "text"
    ]
    assert moved != words
    assert "11:59:30" in moved or moved in ("1767268770", "1767268770000-0")


@pytest.mark.parametrize(
    "words", ["0001-01-01T00:00:00Z", "2019-05-05T05:05:05Z", "at 03:00:00", "02:42:10:11:00:02", "1200000000"]
)
def test_other_times_stay(words: str) -> None:
    snapshot = Snapshot("x", "2026-11-24T18:20:00Z", probes={"p": {"text": words}})
    assert anonymize.timeless(snapshot.to_json())["probes"]["p"]["text"] == words


def test_what_is_left_out_is_read_by_no_check_and_no_picture() -> None:
    names = {*unread.OF_CONTAINERS, *unread.OF_ENDPOINTS, *unread.OF_IMAGES, *unread.OF_NODES}
    names |= {"Pid", "podIPs", "hostIPs", "resourceVersion", "lastHeartbeatTime", "firstTimestamp"}
    folders = [ROOT / "checks" / name for name in ("labs", "vocabulary", "render")]
    modules = [ROOT / "checks" / "snapshot.py", ROOT / "checks" / "evaluate.py", ROOT / "checks" / "rollout_watch.py"]
    for module in [*modules, *(path for folder in folders for path in folder.glob("*.py"))]:
        read = set(re.findall(r"""["'](\w+)["']""", module.read_text(encoding="utf-8")))
        assert not read & names, f"{module.name} reads what recordings leave out"


PAIRS: list[tuple[Any, Any]] = [
    ({"a": 1}, {"a": True}),
    ({"a/b~c": {"x": 1}}, {"a/b~c": {"x": 2}, "new": None}),
    ({"a": [1, 2, 3, 4]}, {"a": [2, 3, 5, 4, 6]}),
    ({"a": [{"name": "x", "v": 1}, {"name": "y", "v": 2}]}, {"a": [{"name": "z"}, {"name": "y", "v": 3}]}),
    ({"a": {"b": 1}, "c": []}, {"a": [], "c": {"b": 1}}),
    ({"p": {"one": {"text": "x" * 2000, "n": 1}}}, {"p": {"two": {"text": "x" * 2000, "n": 2}}}),
    ({}, {}),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_difference_leads_from_one_document_to_the_other(before: Any, after: Any) -> None:
    operations = difference(before, after)
    made = JsonPatch(operations).apply(copy.deepcopy(before))
    assert json.dumps(made, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert operations == difference(copy.deepcopy(before), copy.deepcopy(after))


def test_a_new_part_like_one_beside_it_is_a_copy() -> None:
    assert [operation["op"] for operation in difference(*PAIRS[5])] == ["copy", "replace", "remove"]


def test_what_is_wrong_takes_a_few_lines() -> None:
    """Another image, at another time, in another run: one line for the image, one for each time."""
    solved = json_layout.dumps(anonymize.timeless(FIRST)).encode()
    wrong = cluster("d", "2026-11-25T10:00:00Z", "2026-11-25T09:59:29Z", "2026-11-25T09:59:31Z", image="nginx:1.22")
    text = difference_file.encode(anonymize.timeless(wrong), solved)
    file = json.loads(text)
    assert file["times"] == {"2026-01-01T11:59:30": "2026-01-01T11:59:29"}
    assert [(each["op"], each["path"].rpartition("/")[2], each["value"]) for each in file["patch"]] == [
        ("replace", "image", "nginx:1.22")
    ]
    assert len(text.splitlines()) == 12
    assert difference_file.decode(file, solved) == anonymize.timeless(wrong)


def recorded(lab: Lab, folder: Path, name: str) -> Snapshot:
    return replay.load(lab.folder.parent / "snapshots" / lab.id / f"{name}.json", lab)


def store(lab: Lab, folder: Path, *names: str) -> dict[str, Snapshot]:
    """Save these states of the tiny lab in another folder. Returns them."""
    states = {name: recorded(lab, folder, name) for name in names}
    for name, snapshot in states.items():
        replay.save(folder / f"{name}.json", snapshot)
    return states


def test_recordings_are_read_as_they_were_written(lab: Lab, tmp_path: Path) -> None:
    for name, snapshot in store(lab, tmp_path, "solved", "untouched", "second", "ended").items():
        again = replay.load(tmp_path / f"{name}.json", lab)
        assert again == snapshot
        assert grade.regrade(lab, again).to_json() == grade.regrade(lab, snapshot).to_json()
    before = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
    store(lab, tmp_path, "solved", "untouched", "second", "ended")
    assert before == {path: path.read_bytes() for path in tmp_path.glob("*.json")}


def test_a_new_solved_state_leaves_the_others_as_they_were(lab: Lab, tmp_path: Path) -> None:
    states = store(lab, tmp_path, "solved", "ended", "untouched")
    replay.save(tmp_path / "solved.json", recorded(lab, tmp_path, "second"))
    for name in ("ended", "untouched"):
        assert replay.load(tmp_path / f"{name}.json", lab) == states[name]


def test_a_difference_from_another_solved_state_is_refused(lab: Lab, tmp_path: Path) -> None:
    store(lab, tmp_path, "solved", "ended")
    solved = tmp_path / "solved.json"
    solved.write_text(solved.read_text(encoding="utf-8").replace("running", "paused"), encoding="utf-8")
    with pytest.raises(SlipwayError, match="ended.json does not apply") as refused:
        replay.load(tmp_path / "ended.json", lab)
    assert "slipway dev record 90-tiny --only ended" in refused.value.fix


@pytest.mark.parametrize(
    "damage",
    [
        {"patch": [{"op": "remove", "path": "/objects/nowhere/at/all"}]},
        {"patch": [{"op": "invent", "path": "/objects"}]},
        {"patch": [{"op": "replace", "path": "objects", "value": 1}]},
        {"patch": None},
        {"times": None},
        {"times": 3},
    ],
)
def test_a_patch_that_does_not_apply_is_named(lab: Lab, tmp_path: Path, damage: Json) -> None:
    store(lab, tmp_path, "solved", "ended")
    path = tmp_path / "ended.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | damage), encoding="utf-8")
    with pytest.raises(SlipwayError, match="ended.json is damaged") as refused:
        replay.load(path, lab)
    assert "slipway dev record 90-tiny --only ended" in refused.value.fix


def test_a_state_without_a_solved_one_is_not_stored(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match=r"no recording solved\.json that ended\.json") as refused:
        replay.save(tmp_path / "ended.json", recorded(lab, tmp_path, "ended"))
    assert "slipway dev record 90-tiny --only solved" in refused.value.fix
    assert list(tmp_path.glob("*.json")) == []
