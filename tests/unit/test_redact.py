"""Secrets leave a snapshot; all else stays."""

import base64
import json
import time
from typing import Any

import pytest

from checks.redact import APPLIED, is_secret, redact

SECRET = "s3cr3t-Wert"


def text(data: Any) -> str:
    return json.dumps(redact(data), ensure_ascii=False)


@pytest.mark.parametrize(
    "place",
    [
        {"Env": [f"POSTGRES_PASSWORD={SECRET}"]},
        {"Env": [f"SESSION_TOKEN={SECRET}"]},
        {"Env": [f"aws_secret_access_key={SECRET}"]},
        {"Env": [f"API_KEY={SECRET}"]},
        {"Env": [f"DATABASE_URL=postgres://app:{SECRET}@db:5432/app"]},
        {"Cmd": ["sh", "-c", f"DB_PASSWORD={SECRET} exec serve"]},
        {"History": [{"CreatedBy": f"/bin/sh -c #(nop)  ENV APP_SECRET={SECRET}"}]},
        {"text": f"environment:\n  POSTGRES_PASSWORD: {SECRET}\n  POSTGRES_DB: app\n"},
        {"text": f"environment:\n  - POSTGRES_PASSWORD={SECRET}\n"},
        {"text": f"POSTGRES_PASSWORD='{SECRET}'\n"},
    ],
    ids=lambda place: next(iter(place)),
)
def test_a_declared_secret_is_gone_wherever_it_is_repeated(place: dict[str, Any]) -> None:
    data = {"objects": [place], "elsewhere": {"log": f"connecting with {SECRET}!", "body": f"<p>{SECRET}</p>"}}
    assert SECRET not in text(data)
    assert "redacted" in text(data)


def test_names_and_files_of_secrets_stay() -> None:
    data = {"Env": ["POSTGRES_PASSWORD_FILE=/run/secrets/db", "PATH=/usr/bin", "DB=postgres://db/app", "HOME=/"]}
    assert redact(data) == data
    assert not is_secret("POSTGRES_PASSWORD_FILE")
    assert is_secret("MYSQL_ROOT_PASSWORD")


def test_a_reference_to_a_secret_is_none() -> None:
    data = {"Env": ["PASSWORD=$(DB_PASSWORD)", "URL=postgres://a:${DB_PASSWORD}@db/a"], "text": "TOKEN: ${TOKEN:?set it}"}
    assert redact(data) == data


def test_a_password_that_is_also_a_name_does_not_take_the_name() -> None:
    data = {"Env": ["POSTGRES_PASSWORD=postgres"], "RepoTags": ["postgres:15"], "text": "starting postgres"}
    clean = redact(data)
    assert clean["RepoTags"] == ["postgres:15"]
    assert clean["text"] == "starting postgres"
    assert "postgres" not in clean["Env"][0]


def test_equal_secrets_get_equal_marks_in_one_snapshot_only() -> None:
    data = {"a": [f"A_PASSWORD={SECRET}"], "b": [f"B_PASSWORD={SECRET}"], "c": ["C_PASSWORD=another-one"]}
    clean = redact(data)
    marks = [clean[name][0].split("=")[1] for name in "abc"]
    assert marks[0] == marks[1] != marks[2]
    assert redact(data)["a"] != clean["a"]


def test_short_secrets_do_not_eat_the_rest() -> None:
    clean = redact({"Env": ["PASSWORD=a"], "text": "a banana"})
    assert clean["text"] == "a banana"
    assert "=a" not in clean["Env"][0]


def test_strange_text_is_kept_as_it_is_and_in_time() -> None:
    long = {"label": "x=" * 500_000, "word": "x" * 1_000_000 + "=:", "url": "://" * 300_000}
    data = {**long, "nul": "a\u0000b", "name": "größe-大-🚢", "deep": [[[{"n": 1.5, "none": None}]]]}
    started = time.process_time()
    assert redact(data) == data
    assert time.process_time() - started < 5


def kube_secret(**values: str) -> dict[str, Any]:
    return {"kind": "Secret", "metadata": {"name": "db"}, "data": {name: encode(value) for name, value in values.items()}}


def encode(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


@pytest.mark.parametrize("value", [SECRET, f"{SECRET}\n", "a", "$HOME-grown", "größe 大", "-----BEGIN KEY-----\nab\ncd\n"])
def test_values_of_a_secret_are_gone_wherever_they_are_repeated(value: str) -> None:
    repeated = {"stdout": f"the value is {value}", "text": f"password: {encode(value)}\n"} if len(value) > 4 else {}
    data = {"objects": {"Secret": {"db": kube_secret(password=value)}}, "probes": repeated}
    kept = redact(data)
    assert kept["objects"]["Secret"]["db"]["data"]["password"].startswith("‹redacted ")
    assert value.strip() not in json.dumps(kept["probes"], ensure_ascii=False)
    assert encode(value) not in json.dumps(kept)
    assert kept["objects"]["Secret"]["db"]["metadata"] == {"name": "db"}


def test_plain_text_and_base64_of_one_secret_can_be_told_apart_and_compared() -> None:
    kept = redact({"secret": kube_secret(password=SECRET), "plain": SECRET, "encoded": encode(SECRET), "ended": f"{SECRET}\n"})
    mark = kept["secret"]["data"]["password"]
    assert kept["plain"] == mark
    assert kept["encoded"] == mark.replace("‹redacted ", "‹redacted base64 ")
    assert kept["ended"] == f"{mark}\n"


def test_variables_and_keys_named_like_secrets_are_redacted_on_a_cluster() -> None:
    pod = {"spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": "abc"}, {"name": "MODE", "value": "abc"}]}]}}
    config = {"kind": "ConfigMap", "data": {"SESSION_TOKEN": SECRET, "MODE": "quick"}}
    kept = redact({"pod": pod, "config": config, "log": f"token {SECRET}"})
    first, second = kept["pod"]["spec"]["containers"][0]["env"]
    assert first["value"].startswith("‹redacted ")
    assert second["value"] == "abc"
    assert SECRET not in json.dumps(kept)
    assert kept["config"]["data"]["MODE"] == "quick"


def test_the_copy_that_apply_leaves_is_a_mark_that_can_be_compared() -> None:
    def applied(text: str) -> dict[str, Any]:
        return {"metadata": {"name": "x", "annotations": {APPLIED: text, "owner": "me"}}}

    kept = redact({"one": applied('{"data":{"p":"hidden"}}'), "same": applied('{"data":{"p":"hidden"}}'), "two": applied("{}")})
    marks = [each["metadata"]["annotations"][APPLIED] for each in kept.values()]
    assert marks[0] == marks[1] != marks[2]
    assert "hidden" not in json.dumps(kept)
    assert kept["one"]["metadata"]["annotations"]["owner"] == "me"


def test_a_reference_to_a_secret_is_no_secret() -> None:
    data = {
        "volumes": [{"name": "keys", "secret": {"secretName": "db-login"}}],
        "valueFrom": {"secretKeyRef": {"name": "db-login"}},
    }
    assert redact(data) == data


@pytest.mark.parametrize(
    "text",
    [
        "token=" * 20_000,
        "token=a," * 15_000,
        "eyJ" * 40_000,
        "abcd\n" * 20_000 + "-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----" * 5_000,
        '"token": "' + '\\"' * 60_000,
        '[{"token":' * 12_000,
        "a: &x [*x, *x]\n" * 8_000,
    ],
    ids=["names", "names-in-values", "tokens", "key-lines", "keys", "quotes", "deep", "aliases"],
)
def test_a_text_made_to_be_slow_is_read_in_time(text: str) -> None:
    started = time.process_time()
    redact({"log": text, "Env": [f"DB_PASSWORD={SECRET}"]})
    assert time.process_time() - started < 5


def test_reasons_about_secrets_stay() -> None:
    errors = {"Secret": "the cluster answered 500 to GET /api/v1/secrets: etcdserver: request timed out", "password": "timeout"}
    assert redact({"objects": {}, "probes": {}, "errors": errors})["errors"] == errors
