"""Redaction at its limits: the shortest and the longest secrets, names that only resemble others, texts that were cut off."""

import base64
import json
from typing import Any

import pytest

from checks.redact import is_secret, redact
from checks.redact.known import MOST, met, remember
from checks.redact.scrub import scrub

PLAIN = "s3cretQuay42"
PEM_LINE = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7"


def b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def secret(value: str, text: str) -> str:
    """How a text is shown beside a cluster's Secret with this value."""
    item = {"kind": "Secret", "metadata": {"name": "login"}, "data": {"code": b64(value)}}
    return str(redact({"objects": {"Secret": {"login": item}}, "probes": {"it": {"stdout": text}}})["probes"]["it"]["stdout"])


def log(text: str) -> str:
    return str(redact({"objects": {}, "probes": {"it": {"stdout": text}}})["probes"]["it"]["stdout"])


@pytest.mark.parametrize(
    "name",
    [
        "XPATH_TOKEN",
        "DIRECTORY_PASSWORD",
        "FILE_ENCRYPTION_KEY",
        "NAMESPACE_TOKEN",
        "REFRESH_TOKEN",
        "SECONDS_TOKEN",
        "NAME_SECRET",
    ],
)
def test_is_secret_is_not_misled_by_a_word_in_the_middle_of_a_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["PASSWORD_FILE", "TOKEN_PATH", "SECRET_NAME", "AWS_ACCESS_KEY_ID", "TOKEN_TTL_SECONDS", "BYPASS", "PWD"]
)
def test_is_secret_takes_no_reference_to_a_secret_for_one(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(("value", "hidden"), [("k9x2Q", True), ("k9x2", False)])
def test_redact_replaces_a_secret_of_five_characters_wherever_it_stands(value: str, hidden: bool) -> None:
    assert (value not in secret(value, f"using {value} now")) is hidden


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
def test_redact_finds_a_secret_in_base64_however_it_is_aligned(before: str, after: str) -> None:
    encoded = b64(f"{before}{PLAIN}{after}")
    shown = secret(PLAIN, f"it was {encoded} then")
    assert encoded[4:-8] not in shown
    assert shown.startswith("it was ‹redacted ") and shown.endswith("› then")


def test_redact_takes_the_longest_reading_of_a_value() -> None:
    shown = log("set DB_PASSWORD=abc123;def456 done")
    assert "abc123" not in shown and "def456" not in shown
    assert shown.endswith(" done")


@pytest.mark.parametrize("value", ["x7" * 300, f"{'line of a long secret '.strip()}\n" * 40], ids=["one line", "many lines"])
def test_redact_replaces_a_long_secret_wherever_it_stands(value: str) -> None:
    for form in (value, json.dumps(value)[1:-1], b64(value)):
        shown = secret(value, f"<{form}>")
        assert form not in shown and "‹redacted " in shown


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\\n", "\\r\\n", "\n    ", "\\\\n"], ids=repr)
def test_redact_replaces_a_secret_of_several_lines_whatever_separates_them(line_break: str) -> None:
    value = "first part\nsecond part!"
    assert "second part" not in secret(value, f"got: first part{line_break}second part! ok")


def test_redact_replaces_a_number_that_is_a_password() -> None:
    data = {"objects": {}, "probes": {"it": {"db_password": 41728395, "pin_length": 4, "stdout": "with 41728395"}}}
    shown = redact(data)["probes"]["it"]
    assert "41728395" not in json.dumps(shown)
    assert shown["pin_length"] == 4


def test_redact_replaces_a_private_key_whose_end_was_cut_off() -> None:
    assert PEM_LINE not in log(f"loaded -----BEGIN PRIVATE KEY-----\n{PEM_LINE}\n{PEM_LINE[:20]}")
    assert PEM_LINE not in log(f"{PEM_LINE}\n-----END PRIVATE KEY-----\n")


def test_redact_follows_an_alias_to_what_it_stands_for() -> None:
    shown = log(f"x-common: &common {PLAIN}\ndb:\n  POSTGRES_PASSWORD: *common\n")
    assert PLAIN not in shown


def test_redact_replaces_a_token_in_the_place_of_a_user() -> None:
    assert PLAIN * 2 not in log(f"git clone https://{PLAIN * 2}@example.org/x.git")
    assert "https://somebody@example.org" in log("git clone https://somebody@example.org/x.git")


def names(**about: Any) -> dict[str, Any]:
    """A Pod whose password is "harbor", which its log repeats."""
    env = [{"name": "DB_PASSWORD", "value": "harbor"}]
    pod = {"kind": "Pod", "metadata": {"name": "web", **about}, "spec": {"containers": [{"name": "app", "env": env}]}}
    return redact({"objects": {"Pod": {"web": pod}}, "probes": {"log": {"text": "using harbor now"}}})


@pytest.mark.parametrize(
    ("about", "public"),
    [
        ({"name": "harbor"}, True),
        ({"name": "harbor-web"}, True),
        ({"name": "harborside"}, False),
        ({"name": "myharbor"}, False),
        ({"labels": {"app": "harbor"}}, True),
        ({"labels": {"note": "harbor"}}, False),
        ({"annotations": {"name": "harbor"}}, False),
        ({"annotations": {"harbor": "x"}}, False),
    ],
    ids=[
        "the name",
        "a word of it",
        "its beginning",
        "its end",
        "a naming label",
        "another label",
        "an annotation",
        "a key of one",
    ],
)
def test_redact_leaves_a_password_in_texts_only_where_something_is_called_so(about: dict[str, Any], public: bool) -> None:
    assert ("using harbor now" in json.dumps(names(**about)["probes"])) is public


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"], ids=["alone", "with a line break", "with two characters"])
def test_redact_replaces_a_short_secret_in_base64(ending: str) -> None:
    encoded = b64(f"abc{ending}")
    assert encoded not in secret("abc", f"echo {encoded} | base64 -d")


@pytest.mark.parametrize("upper", [False, True], ids=["lower case", "upper case"])
def test_redact_replaces_a_secret_in_hexadecimal_digits(upper: bool) -> None:
    value = "jolly-zookeeper"
    digits = value.encode().hex().upper() if upper else value.encode().hex()
    assert digits not in secret(value, f"0x{digits}")


@pytest.mark.parametrize("header", ["Authorization", "authorization", "Proxy-Authorization", "Cookie", "X-Api-Key"])
def test_redact_replaces_the_value_of_a_header_whatever_its_form(header: str) -> None:
    """A variable and a header are both written as a name with a value beside it."""
    shown = redact({"objects": {}, "probes": {"it": {"headers": [{"name": header, "value": "open sesame"}]}}})
    assert "sesame" not in json.dumps(shown)


@pytest.mark.parametrize(
    "line",
    [
        f"machine example.org login me password {PLAIN}", f"CREATE USER me IDENTIFIED BY '{PLAIN}';", f"ALTER ROLE me PASSWORD '{PLAIN}'",
        f"redis-cli -h cache -a {PLAIN} ping", f"curl -s -u me:{PLAIN} http://api/", f"curl --user me:{PLAIN} http://api/",
    ],
)  # fmt: skip
def test_redact_replaces_the_password_of_a_command(line: str) -> None:
    assert PLAIN not in log(line)


@pytest.mark.parametrize("kind", ["Widget", "ConfigMap", "secret"])
def test_redact_takes_only_the_data_of_a_secret_for_secrets(kind: str) -> None:
    item = {"kind": kind, "metadata": {"name": "x"}, "data": {"color": "bluish"}}
    assert redact({"objects": {kind: {"x": item}}, "probes": {}})["objects"][kind]["x"]["data"] == {"color": "bluish"}


# --- what a process remembers ---------------------------------------------------------------------------------------


def test_scrub_removes_the_secrets_that_the_process_was_started_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_PASSWORD", "granite-lantern-91")
    monkeypatch.setenv("REGISTRY_PASSWORD_FILE", "/run/registry")
    monkeypatch.setenv("DEBUG_TOKEN", "true")
    shown = scrub("login with granite-lantern-91 failed: true, see /run/registry")
    assert "granite-lantern-91" not in shown
    assert shown.endswith("failed: true, see /run/registry")


def test_remember_keeps_the_secrets_that_were_met_last() -> None:
    before = met()
    try:
        remember({f"secret-{number}": () for number in range(MOST + 5)})
        kept = met()
        assert len(kept) == MOST
        assert f"secret-{MOST + 4}" in kept and "secret-4" not in kept
        remember({"secret-5": ("spelling",), "secret-new": ()})
        assert met()["secret-5"] == {"spelling"} and "secret-6" not in met()
    finally:
        remember(before)


def test_an_option_that_asks_for_no_password_takes_the_next_option_for_none() -> None:
    command = "psql --no-password --command 'SELECT 1'"
    container = {"Name": "/a", "Config": {"Cmd": ["psql", "--no-password", "--command", "SELECT 1"], "Entrypoint": [command]}}
    assert redact({"objects": {"container": {"a": container}}, "probes": {}})["objects"]["container"]["a"] == container
    given = {"Name": "/a", "Config": {"Cmd": ["psql", "--password", "hunter2hunter2", "--command", "SELECT 1"]}}
    assert "hunter2" not in str(redact({"objects": {"container": {"a": given}}, "probes": {}}))
