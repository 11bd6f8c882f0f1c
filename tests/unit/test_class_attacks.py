"""Attacks on submissions: files that a learner, or someone else, may send in place of an honest one. None is accepted.

What the owner of a machine can do anyway is to change the state before it is collected, or to sign other evidence with the
own key: evidence says what a machine reported, and the docs say so.
"""

import base64
import bz2
import copy
import functools
import gzip
import hashlib
import io
import json
import random
import resource
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import catalog, evidence, grade
from checks.classroom import keys, strict_json, submission
from checks.classroom.submission import SubmissionError
from checks.dev import replay
from checks.dev.paths import places
from checks.grade import Graded
from sandboxes import settings

SECRET = bytes(range(32))
CLASS = "containers-2026"
ADA, BEN = (keys.learner_key(SECRET, CLASS, name) for name in ("ada", "ben"))
SENT = datetime(2026, 10, 5, 12, 0, 0, tzinfo=UTC)
ROSTER = {"ada": ADA, "ben": BEN}


def recorded(lab_id: str, name: str) -> Graded:
    lab = catalog.find(lab_id)
    snapshot = replay.load(places(settings.load()).recording(lab, name), lab)
    return Graded(grade.regrade(lab, snapshot), snapshot)


SOLVED, UNTOUCHED, OTHER_LAB = recorded("01", "solved"), recorded("01", "untouched"), recorded("02", "solved")


def sealed(graded: Graded = SOLVED, learner: str = "ada", key: bytes = ADA, class_id: str = CLASS) -> bytes:
    return submission.seal(graded, class_id=class_id, learner=learner, key=key, sent=SENT)[1]


HONEST = sealed()


def parts(data: bytes = HONEST) -> tuple[dict[str, Any], bytes]:
    """The envelope and the evidence of a file."""
    first, body = zlib.decompress(data, 31).split(b"\n", 1)
    return json.loads(first), body


def read(data: bytes, class_id: str = CLASS) -> submission.Submission:
    return submission.read(data, class_id, ROSTER.get)


def changed(**fields: Any) -> bytes:
    """The honest file with other values in its envelope, and the old signature."""
    envelope, body = parts()
    return submission.pack({**envelope, **fields}, body)


def signed(body: bytes, **fields: Any) -> bytes:
    """Any evidence, rightly signed by ada: what the owner of the key can make."""
    envelope, _ = parts()
    del envelope["signature"]
    envelope |= {"evidence": hashlib.sha256(body).hexdigest(), **fields}
    content = {name: value for name, value in envelope.items() if name != "receipt"}
    envelope["receipt"] = fields.get("receipt") or hashlib.sha256(strict_json.dumps(content)).hexdigest()[:16]
    return submission.pack(submission.sign(envelope, ADA), body)


def edited(change: Callable[[dict[str, Any]], Any], **fields: Any) -> bytes:
    """Evidence that its owner has edited and signed."""
    data = json.loads(parts()[1])
    change(data)
    return signed(strict_json.dumps(data), **fields)


def compressed(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def raw(first: bytes, body: bytes | None = None) -> bytes:
    """A file with any first line."""
    return compressed(first + b"\n" + (parts()[1] if body is None else body))


def envelope_text(old: str, new: str) -> bytes:
    """The honest file, with its first line edited as text."""
    line = strict_json.dumps(parts()[0]).decode()
    assert old in line
    return raw(line.replace(old, new, 1).encode())


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def merged() -> bytes:
    """The envelope of one file with the evidence of another one, both honest and both ada's."""
    return submission.pack(parts()[0], parts(sealed(UNTOUCHED))[1])


def report_of_another_state() -> bytes:
    """A solved snapshot with the report of another moment, signed."""
    return signed(
        strict_json.dumps(evidence.to_json(Graded(replace(SOLVED.report, taken="2026-01-01T00:00:00Z"), SOLVED.snapshot)))
    )


def with_key(key: bytes, **fields: str) -> bytes:
    envelope, body = parts()
    del envelope["signature"]
    return submission.pack(submission.sign(envelope | fields, key), body)


BOMB = compressed(b"\0" * (64 * 2**20))
SIGNATURE = parts()[0]["signature"]
DEEP = b'{"snapshot":' * 3000 + b"1" + b"}" * 3000

# Name, how the file is made, and a part of the reason for which it is refused.
ATTACKS: list[tuple[str, Callable[[], bytes], str]] = [
    ("class edited", lambda: changed(**{"class": "other-class"}), "made for the class “other-class”"),
    ("learner edited", lambda: changed(learner="ben"), "signature is wrong"),
    ("learner unknown", lambda: changed(learner="eve"), "not in the roster"),
    ("lab edited", lambda: changed(lab="02-layers"), "signature is wrong"),
    ("course edited", lambda: changed(course="9.9.9"), "signature is wrong"),
    ("time edited", lambda: changed(sent="2026-10-04T12:00:00Z"), "signature is wrong"),
    ("receipt edited", lambda: changed(receipt="0" * 16), "signature is wrong"),
    ("digest edited", lambda: changed(evidence="0" * 64), "signature is wrong"),
    (
        "signature edited",
        lambda: changed(signature=SIGNATURE[:-1] + ("0" if SIGNATURE[-1] != "0" else "1")),
        "signature is wrong",
    ),
    ("signature empty", lambda: changed(signature=""), "wrong value: signature"),
    ("signature upper case", lambda: changed(signature=SIGNATURE.upper()), "wrong value: signature"),
    ("signature null", lambda: envelope_text(f'"{SIGNATURE}"', "null"), "not an object of strings"),
    ("signature missing", lambda: envelope_text(f',"signature":"{SIGNATURE}"', ""), "other fields"),
    (
        "evidence edited",
        lambda: submission.pack(parts()[0], parts()[1].replace(b'"earned":', b'"earneD":', 1)),
        "evidence was changed",
    ),
    ("one byte of evidence more", lambda: submission.pack(parts()[0], parts()[1] + b"\n"), "evidence was changed"),
    ("replayed for another lab", lambda: signed(parts()[1], lab="02-layers"), "evidence is about lab 01-flask"),
    (
        "replayed in another class",
        lambda: sealed(key=keys.learner_key(SECRET, "old-class", "ada"), class_id="old-class"),
        "made for the class",
    ),
    ("key of the learner in another class", lambda: with_key(keys.learner_key(SECRET, "old-class", "ada")), "signature is wrong"),
    ("someone else's evidence", lambda: submission.pack(parts()[0] | {"learner": "ben"}, parts()[1]), "signature is wrong"),
    ("signed as someone else", lambda: with_key(ADA, learner="ben"), "signature is wrong"),
    ("signed by someone else", lambda: with_key(BEN), "signature is wrong"),
    ("merged from two files", merged, "evidence was changed"),
    ("report of another state", report_of_another_state, "different times"),
    (
        "report of another lab",
        lambda: edited(lambda data: data.update(report=OTHER_LAB.report.to_json())),
        "evidence is about lab",
    ),
    ("evidence of an old course as new", lambda: edited(lambda data: data.update(course="0.0.1")), "its evidence another one"),
    ("new evidence as an old course", lambda: signed(parts()[1], course="0.0.1"), "its evidence another one"),
    ("forged key of zeros", lambda: with_key(b"\0" * 32), "signature is wrong"),
    ("empty key", lambda: with_key(b""), "signature is wrong"),
    ("digest in place of a signature", lambda: changed(signature=hashlib.sha256(parts()[1]).hexdigest()), "signature is wrong"),
    ("key of the class's name", lambda: with_key(CLASS.encode()), "signature is wrong"),
    ("path as the learner", lambda: with_key(ADA, learner="../../ada"), "wrong value: learner"),
    ("path as the lab", lambda: with_key(ADA, lab="../../etc"), "wrong value: lab"),
    ("formula as the learner", lambda: with_key(ADA, learner="=1+1"), "wrong value: learner"),
    ("receipt of another file", lambda: signed(parts()[1], receipt="0123456789abcdef"), "wrong value: receipt"),
    ("time that is none", lambda: with_key(ADA, sent="yesterday"), "wrong value: sent"),
    ("time in short form", lambda: with_key(ADA, sent="2026-1-5T12:00:00Z"), "wrong value: sent"),
    ("time before the course", lambda: with_key(ADA, sent="0001-01-01T00:00:00Z"), "wrong value: sent"),
    ("time before Slipway", lambda: signed(parts()[1], sent="2020-01-01T00:00:00Z"), "wrong value: sent"),
    ("path as the course", lambda: with_key(ADA, course="../../1"), "wrong value: course"),
    ("path as the class", lambda: changed(**{"class": "../../c"}), "wrong value: class"),
    (
        "snapshot of another lab",
        lambda: edited(lambda data: data.update(snapshot=OTHER_LAB.snapshot.to_json())),
        "evidence is about lab 02",
    ),
    ("report of an old course", lambda: edited(lambda data: data["report"].update(course="0.0.1")), "its evidence another one"),
    ("format of the future", lambda: changed(format="slipway-submission/2"), "format of the file"),
    ("field more", lambda: changed(extra="1"), "other fields"),
    ("field that is a number", lambda: changed(receipt=1), "not an object of strings"),
    ("duplicate key", lambda: envelope_text('"learner":"ada"', '"learner":"ben","learner":"ada"'), "“learner” twice"),
    (
        "escaped duplicate key",
        lambda: envelope_text('"learner":"ada"', '"l\\u0065arner":"ben","learner":"ada"'),
        "“learner” twice",
    ),
    ("envelope with spaces", lambda: envelope_text('"learner":"ada"', '"learner": "ada"'), "not written as"),
    (
        "envelope in another order",
        lambda: raw(json.dumps(dict(reversed(parts()[0].items())), separators=(",", ":")).encode()),
        "not written as",
    ),
    ("envelope of escapes", lambda: envelope_text('"ada"', '"\\u0061da"'), "not written as"),
    ("envelope that is an array", lambda: raw(b"[1]"), "not an object of strings"),
    ("envelope that is huge", lambda: raw(b'{"a":"' + b"a" * 5000 + b'"}'), "does not begin with the envelope"),
    ("envelope alone", lambda: compressed(strict_json.dumps(parts()[0])), "does not begin with the envelope"),
    ("envelope without evidence", lambda: raw(strict_json.dumps(parts()[0]), b""), "evidence was changed"),
    ("evidence alone", lambda: compressed(parts()[1]), "does not begin with the envelope"),
    ("empty file", lambda: b"", "is empty"),
    ("plain JSON", lambda: zlib.decompress(HONEST, 31), "does not begin as"),
    ("base64", lambda: base64.b64encode(HONEST), "does not begin as"),
    ("bzip2", lambda: bz2.compress(zlib.decompress(HONEST, 31)), "does not begin as"),
    ("zlib without gzip", lambda: zlib.compress(zlib.decompress(HONEST, 31)), "does not begin as"),
    ("UTF-16 evidence", lambda: signed(parts()[1].decode().encode("utf-16")), "not UTF-8"),
    ("Latin-1 evidence", lambda: signed('{"format":"ä"}'.encode("latin-1")), "not UTF-8"),
    ("evidence with a byte order mark", lambda: signed(b"\xef\xbb\xbf" + parts()[1]), "BOM"),
    ("ZIP archive", lambda: zipped("01-flask-ada.slipway", HONEST), "ZIP archive"),
    ("ZIP archive with a path", lambda: zipped("../../../root/.ssh/authorized_keys", b"x"), "ZIP archive"),
    ("gzip with a file name", lambda: gzip_with_name(), "does not begin as"),
    ("gzip bomb", lambda: BOMB, "The file holds more than 12 MiB"),
    ("gzip bomb in gzip", lambda: compressed(BOMB), "envelope cannot be read"),
    ("signed bomb", lambda: signed(b'"' + b"a" * (17 * 2**20) + b'"'), "The file holds more than 4 MiB"),
    ("file that is too large", lambda: HONEST + b"\0" * (5 * 2**20), "more than 4 MiB"),
    ("trailing bytes", lambda: HONEST + b"\0", "continues after its end"),
    ("two files in one", lambda: HONEST + HONEST, "continues after its end"),
    ("another file behind it", lambda: HONEST + zipped("x", b"x"), "continues after its end"),
    ("deep JSON", lambda: signed(DEEP), "nested more than 64"),
    ("very deep JSON", lambda: signed(b"[" * 400_000 + b"]" * 400_000), "more than 200000 values"),
    ("millions of values", lambda: signed(b"[" + b"0," * 2_000_000 + b"0]"), "more than 200000 values"),
    ("huge integer", lambda: signed(b'{"format":' + b"9" * 100_000 + b"}"), "huge number"),
    ("infinite number", lambda: signed(b'{"format":1e9999}'), "huge number"),
    ("NaN", lambda: signed(parts()[1].replace(b'"earned":1', b'"earned":NaN', 1)), "NaN"),
    ("duplicate keys in the evidence", lambda: signed(b'{"format":"a",' + parts()[1][1:]), "“format” twice"),
    ("one duplicate among many keys", lambda: signed(many_keys()), "“0” twice"),
    ("long string", lambda: signed(b'{"format":"' + b"a" * (2**20 + 1) + b'"}'), "more than 1048576 characters"),
    ("trailing garbage in the evidence", lambda: signed(parts()[1] + b"{}"), "not valid JSON"),
    ("evidence that is a list", lambda: signed(b"[]"), "not complete"),
    ("evidence without a snapshot", lambda: edited(lambda data: data.pop("snapshot")), "not complete"),
    ("evidence with a wrong shape", lambda: edited(lambda data: data["snapshot"].update(objects=[1])), "not complete"),
    ("evidence with a method's name", lambda: edited(lambda data: data["snapshot"].update(__class__="x")), "not complete"),
    (
        "report with an outcome of its own",
        lambda: edited(lambda data: data["report"]["results"][0].update(outcome="perfect")),
        "not complete",
    ),
    ("pickle", lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR.", "does not begin as"),
]


def many_keys() -> bytes:
    """An object with 190,000 keys, the last of which is the first again."""
    return ("{" + ",".join(f'"{number}":0' for number in range(190_000)) + ',"0":0}').encode()


def gzip_with_name() -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile("../../evil.py", "wb", fileobj=buffer, mtime=0) as file:
        file.write(zlib.decompress(HONEST, 31))
    return buffer.getvalue()


def test_honest_file_is_accepted() -> None:
    found = read(HONEST)
    assert (found.envelope.learner, found.envelope.lab, found.envelope.sent) == ("ada", "01-flask", SENT)
    # The tools of the attacks make files that are accepted as long as nothing is wrong with them.
    envelope, body = parts()
    assert signed(body) == HONEST == submission.pack(envelope, body) == raw(strict_json.dumps(envelope)) == with_key(ADA)
    assert read(edited(lambda data: data["snapshot"]["engine"].update(Name="other"))).envelope.learner == "ada"


def test_there_are_more_than_thirty_attacks_by_different_names() -> None:
    assert len({name for name, *_ in ATTACKS}) == len(ATTACKS) > 30


@pytest.mark.parametrize(("make", "reason"), [attack[1:] for attack in ATTACKS], ids=[attack[0] for attack in ATTACKS])
def test_attack_is_refused_by_name(make: Callable[[], bytes], reason: str) -> None:
    data = make()
    with pytest.raises(SubmissionError, match=reason) as refused:
        read(data)
    assert refused.value.reason.endswith(".") and len(refused.value.reason) < 400


def test_file_that_is_cut_anywhere_is_refused() -> None:
    for length in [*range(40), *range(40, len(HONEST), 41), *range(len(HONEST) - 9, len(HONEST))]:
        with pytest.raises(SubmissionError, match=r"truncated|empty"):
            read(HONEST[:length])


def test_file_with_any_changed_byte_is_refused() -> None:
    # The ninth and tenth byte say how well, and on which system, the file was compressed: nothing that is read.
    for at in [*range(8), *range(10, len(HONEST), 29), *range(len(HONEST) - 8, len(HONEST))]:
        damaged = bytearray(HONEST)
        damaged[at] ^= 0x41
        with pytest.raises(SubmissionError):
            read(bytes(damaged))


def test_every_value_of_the_envelope_is_bound() -> None:
    envelope, body = parts()
    for name, value in envelope.items():
        for other in (value[:-1] + ("a" if value[-1] != "a" else "b"), value + "0", ""):
            with pytest.raises(SubmissionError):
                read(submission.pack({**envelope, name: other}, body))


def test_attacks_take_little_time_and_memory() -> None:
    files = [make() for _, make, _ in ATTACKS]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    for data in files:
        with pytest.raises(SubmissionError):
            read(data)
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024  # KiB


JUNK: list[Any] = [None, True, -1, 1.5, "", "\ud800", [], [[]], {}, {"a": 1}, 2**63]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in [(*path, key), *places_in(item, (*path, key))]]


def test_evidence_of_any_shape_is_read_or_refused_but_never_a_crash() -> None:
    whole = json.loads(parts()[1])
    all_places = places_in(whole)
    near = [path for path in all_places if len(path) < 4]
    chance, outcomes = random.Random(2026), {"read": 0, "refused": 0}
    for number in range(300):
        data = copy.deepcopy(whole)
        *way, last = chance.choice(near if number % 2 else all_places)
        table = functools.reduce(lambda value, key: value[key], way, data)
        table[last] = chance.choice(JUNK)
        try:
            read(signed(strict_json.dumps(data)))
            outcomes["read"] += 1
        except SubmissionError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 30
