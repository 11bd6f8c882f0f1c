"""The secret of a class and the keys derived from it."""

import stat
from pathlib import Path

import pytest

from checks.classroom import keys
from sandboxes.errors import SlipwayError

# RFC 5869, appendix A, test cases 1 to 3, SHA-256: the first 32 bytes of the output.
RFC = [
    (
        "0b" * 22,
        bytes(range(13)).hex(),
        bytes(range(0xF0, 0xFA)).hex(),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
    ),
    ("0b" * 22, "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
]


@pytest.mark.parametrize(("secret", "salt", "info", "output"), RFC)
def test_hkdf_gives_what_the_rfc_says(secret: str, salt: str, info: str, output: str) -> None:
    derived = keys.hkdf(bytes.fromhex(secret), salt=bytes.fromhex(salt), info=bytes.fromhex(info))
    assert derived.hex() == output


def test_keys_differ_by_secret_class_and_learner() -> None:
    made = {keys.learner_key(secret, name, who) for secret in (b"1" * 32, b"2" * 32) for name in ("a", "b") for who in ("x", "y")}
    assert len(made) == 8
    # What joins a class and a learner is not ambiguous.
    assert keys.learner_key(b"1" * 32, "ab", "c") != keys.learner_key(b"1" * 32, "a", "bc")


def test_secret_is_written_once_for_its_owner_only(tmp_path: Path) -> None:
    secret = keys.create(tmp_path)
    path = tmp_path / keys.FILE
    assert keys.load(tmp_path) == secret and len(secret) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and not keys.is_exposed(path)
    with pytest.raises(SlipwayError, match="already exists"):
        keys.create(tmp_path)
    assert keys.load(tmp_path) == secret
    path.chmod(0o640)
    assert keys.is_exposed(path)


@pytest.mark.parametrize(
    "content", [b"", b"slipway-class-key/1 " + b"0" * 63, b"slipway-class-key/2 " + b"0" * 64, b"\0" * 300, None]
)
def test_damaged_secret_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / keys.FILE).write_bytes(content)
    with pytest.raises(SlipwayError, match=r"class\.key"):
        keys.load(tmp_path)
