"""Submissions: what is written is what is read, and what strict JSON refuses."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from checks import catalog, grade
from checks.classroom import keys, strict_json, submission
from checks.classroom.strict_json import Limits, NotStrict
from checks.dev import replay
from checks.dev.paths import places
from checks.evidence import Evidence
from checks.grade import Graded
from sandboxes import settings

SECRET = bytes(range(32))
SENT = datetime(2026, 3, 29, 1, 30, 5, 999, tzinfo=UTC)


def key_of(learner: str) -> bytes | None:
    return keys.learner_key(SECRET, "containers-2026", learner) if learner in ("ada", "ben") else None


def recorded(lab_id: str, name: str) -> Graded:
    lab = catalog.find(lab_id)
    snapshot = replay.load(places(settings.load()).recording(lab, name), lab)
    return Graded(grade.regrade(lab, snapshot), snapshot)


def as_text(graded: Graded | Evidence) -> str:
    return json.dumps(graded.report.to_json(), sort_keys=True)


@pytest.mark.parametrize("lab", ["01-flask", "09c-checkpoint-docker", "23-three-tier"])
def test_submission_holds_the_evidence_unchanged(lab: str, tmp_path: Path) -> None:
    graded = recorded(lab, "solved")
    envelope, sealed = submission.seal(graded, class_id="containers-2026", learner="ada", key=key_of("ada"), sent=SENT)
    path = submission.write(tmp_path / submission.file_name(envelope), sealed)
    assert path.name == f"{lab}-ada.slipway" and stat.S_IMODE(path.stat().st_mode) == 0o600
    found = submission.read(path.read_bytes(), "containers-2026", key_of)
    assert found.envelope == envelope and found.envelope.sent == SENT.replace(microsecond=0)
    assert found.evidence.snapshot == graded.snapshot
    # As JSON: a value of a finding may be a tuple in memory.
    assert as_text(found.evidence) == as_text(graded)
    assert len(sealed) < 100_000


def test_submission_names_its_time_in_utc_whatever_the_zone_of_the_clock() -> None:
    from zoneinfo import ZoneInfo

    envelope, _ = submission.seal(
        recorded("01", "solved"),
        class_id="c",
        learner="ada",
        key=b"k" * 32,
        sent=datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Vienna")),
    )
    assert envelope.to_json()["sent"] == "2026-03-29T01:30:00Z"


def test_envelope_keeps_to_its_published_schema() -> None:
    schema = json.loads((settings.ROOT / "checks" / "render" / "submission.schema.json").read_text(encoding="utf-8"))
    envelope, _ = submission.seal(recorded("01", "solved"), class_id="c", learner="ada", key=b"k" * 32, sent=SENT)
    whole = submission.sign(envelope.to_json(), b"k" * 32)
    jsonschema.Draft202012Validator(schema).validate(whole)
    assert set(schema["properties"]) == set(schema["required"]) == set(whole)
    for name in whole:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**whole, name: "../ x"} if name != "course" else {**whole, name: 1}, schema)


def test_submission_does_not_contain_its_key() -> None:
    from base64 import b64encode

    key = key_of("ada")
    _, sealed = submission.seal(recorded("01", "solved"), class_id="containers-2026", learner="ada", key=key, sent=SENT)
    content = submission._decompress(sealed)
    for part in (key[:8], key[-8:]):
        for form in (part, part.hex().encode(), part.hex().upper().encode(), b64encode(part).rstrip(b"=")[:-1]):
            assert form not in content and form not in sealed


LIMITS = Limits(size=1000, depth=4, values=20, string=10)


@pytest.mark.parametrize("value", [None, True, 1, -(2**63), 1.5, "ä", "\ud800", [], {}, {"a": [1, {"b": "c"}]}, [[[1]]]])
def test_strict_json_reads_what_it_writes(value: object) -> None:
    assert strict_json.loads(strict_json.dumps(value), LIMITS) == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"1 1", "not valid JSON"),
        (b"'a'", "not valid JSON"),
        (b"NaN", "NaN"),
        (b"-Infinity", "-Infinity"),
        (b"1e999", "huge number"),
        (b"-1e999", "huge number"),
        (b"1" * 21, "huge number"),
        (b"[-" + b"1" * 21 + b"]", "huge number"),
        (b"1" * 999, "huge number"),
        (b'{"a":1,"a":2}', "“a” twice"),
        (b'{"a":1,"\\u0061":2}', "“a” twice"),
        (b'{"a" :1,"a" :2}', "“a” twice"),
        (b'{"a"  :1,"b":2,"a":3}', "“a” twice"),
        (b'{"a"\n:1,"a":2}', "“a” twice"),
        (b'{"a"\t:1,"a":2}', "“a” twice"),
        (b'{"a"\r:1,"a":2}', "“a” twice"),
        (b'{"a\\\\":1,"a\\\\":2}', "twice"),
        (b'{"a\\"":1,"a\\"":2}', "twice"),
        (b'{"a":"\\":","a":"\\":"}', "“a” twice"),
        (b'[{"a":1},{"b":[{"c":1,"c":1}]}]', "“c” twice"),
        (b"[[[[[1]]]]]", "nested more than 4"),
        (b"[" * 19, "not valid JSON"),
        (b"[1" + b",1" * 20 + b"]", "more than 20 values"),
        (b'"' + b"a" * 11 + b'"', "more than 10 characters"),
        (b'{"' + b"a" * 11 + b'":1}', "more than 10 characters"),
        (b"1" + b" " * 1000, "more than 1000 bytes"),
        (b"\xef\xbb\xbf1", "BOM"),
        ("1".encode("utf-16"), "not UTF-8"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"a\nb"', "control character"),
    ],
)
def test_strict_json_refuses_everything_else(data: bytes, reason: str) -> None:
    with pytest.raises(NotStrict, match=reason):
        strict_json.loads(data, LIMITS)


def test_strict_json_refuses_deep_nesting_without_a_crash() -> None:
    with pytest.raises(NotStrict, match="nested more than 64"):
        strict_json.loads(b"[" * 100_000 + b"]" * 100_000, Limits(2**20))
