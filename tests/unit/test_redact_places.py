"""A secret in each place of a raw snapshot is gone from evidence, reports and crash reports, in every encoding."""

import base64
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks import crash_report, evidence
from checks.grade import Graded
from checks.model import Finding, Outcome, Report, Result
from checks.redact import APPLIED, redact
from checks.render import html, junit, text
from checks.render import json as as_json
from checks.snapshot import Snapshot

PLAIN = "s3cretQuay42"
ODD = "p@ss/w\"o'r:d $&é+9"
PEM_LINE = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7"


def b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def percent(value: str) -> str:
    return urllib.parse.quote(value, safe="")


def container(**parts: Any) -> dict[str, Any]:
    """A container as the engine describes it, cut to what matters here."""
    config = {
        "Image": "slipway-harbour-web",
        "Env": ["PATH=/usr/bin"],
        "Cmd": ["python"],
        "Labels": {},
        **parts.pop("Config", {}),
    }
    return {"Id": "4f48cb" * 10, "Name": "/web", "Image": f"sha256:{'ab' * 32}", "Config": config, "LogTail": "", **parts}


def image(**parts: Any) -> dict[str, Any]:
    config = {"Env": ["PATH=/usr/bin"], "Labels": None, **parts.pop("Config", {})}
    return {"Id": f"sha256:{'ab' * 32}", "RepoTags": ["slipway-harbour-web:latest"], "Config": config, "History": [], **parts}


def docker(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"objects": {kind: {item.get("Id", "x") if kind == "image" else "web": item}}, "probes": {}}


def probe(**result: Any) -> dict[str, Any]:
    return {"objects": {}, "probes": {"it": {"kind": "file", "ok": True, **result}}}


def file(content: str) -> dict[str, Any]:
    return probe(path="compose.yaml", text=content)


def cluster(kind: str, **parts: Any) -> dict[str, Any]:
    item = {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": "db", "namespace": "lab", **parts.pop("metadata", {})},
        **parts,
    }
    return {"objects": {kind: {"db": item}}, "probes": {}}


def pod(container: dict[str, Any]) -> dict[str, Any]:
    return cluster("Pod", spec={"containers": [{"name": "app", "image": "busybox:1.35", **container}]})


def step(created_by: str) -> dict[str, Any]:
    return docker("image", image(History=[{"CreatedBy": created_by, "Size": 0}]))


def secret(encoded: str, key: str = "password") -> dict[str, Any]:
    return cluster("Secret", data={key: encoded})


def wrapped(value: str) -> str:
    letters = b64(value)
    return "\n".join(letters[at : at + 5] for at in range(0, len(letters), 5))


def pem(value: str) -> str:
    return f"-----BEGIN PRIVATE KEY-----\n{PEM_LINE}\n{b64(value)}\n-----END PRIVATE KEY-----\n"


def jwt(value: str) -> str:
    return ".".join(b64(part).rstrip("=") for part in ('{"alg":"HS256"}', f'{{"sub":"{value}"}}', value))


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "environment of a container": lambda s: docker("container", container(Config={"Env": [f"DB_PASSWORD={s}"]})),
    "environment with a short name": lambda s: docker("container", container(Config={"Env": [f"DB_PASS={s}"]})),
    "option in a command": lambda s: docker("container", container(Config={"Cmd": ["serve", "--password", s]})),
    "option with = in arguments": lambda s: docker("container", container(Args=[f"--api-token={s}"])),
    "entrypoint in a shell": lambda s: docker("container", container(Config={"Entrypoint": ["sh", "-c", f'TOKEN="{s}" run']})),
    "requirepass": lambda s: docker("container", container(Config={"Cmd": ["redis-server", "--requirepass", s]})),
    "environment of an image": lambda s: docker("image", image(Config={"Env": [f"API_KEY={s}"]})),
    "url in an image": lambda s: docker("image", image(Config={"Env": [f"DATABASE_URL=postgresql://u:{percent(s)}@db:5432/d"]})),
    "label of an image": lambda s: docker("image", image(Config={"Labels": {"org.db.password": s}})),
    "label of a container": lambda s: docker("container", container(Config={"Labels": {"note": f"password={s}"}})),
    "build argument of an image": lambda s: step(f"RUN |1 DB_PASSWORD={s} /bin/sh -c pip install . # buildkit"),
    "ENV in the history": lambda s: step(f"ENV DB_PASSWORD={s}"),
    "ARG in the history": lambda s: step(f"ARG TOKEN={s}"),
    "clone in the history": lambda s: step(f"RUN /bin/sh -c git clone https://me:{percent(s)}@example.org/x.git # buildkit"),
    "query of a url": lambda s: docker("container", container(LogTail=f"GET /login?user=me&password={percent(s)}&next=/ 200")),
    "url without a user": lambda s: docker("container", container(LogTail=f"connecting to redis://:{percent(s)}@cache:6379/0")),
    "log line in json": lambda s: docker("container", container(LogTail=json.dumps({"msg": "in", "password": s}) + "\nready\n")),
    "log line in json in json": lambda s: docker("container", container(LogTail=json.dumps({"log": json.dumps({"token": s})}))),
    "log line in key=value": lambda s: docker("container", container(LogTail=f'level=info secret="{s.replace(chr(34), "")}" up')),
    "log of a request with a header": lambda s: docker("container", container(LogTail=f"> Authorization: Bearer {b64(s)}\n")),
    "basic authorization": lambda s: docker("container", container(LogTail=f"Authorization: Basic {b64('me:' + s)}\n")),
    "private key in a log": lambda s: docker("container", container(LogTail=f"loaded {pem(s)} ok")),
    "private key cut off at its beginning": lambda s: docker("container", container(LogTail=pem(s).partition("\n")[2])),
    "web token in a log": lambda s: docker("container", container(LogTail=f"session {jwt(s)} opened")),
    "body of a page": lambda s: probe(body=json.dumps({"user": "me", "password": s})),
    "header that sets a cookie": lambda s: probe(headers={"set-cookie": f"session={percent(s)}; Path=/; HttpOnly"}),
    "authorization header": lambda s: probe(headers={"authorization": f"Bearer {b64(s)}"}),
    "output of a command": lambda s: probe(stdout=f"PGPASSWORD={s}\nHOME=/\n"),
    "errors of a command": lambda s: probe(stderr=f"+ curl -u me:{percent(s)} http://api/\n"),
    "compose file in block style": lambda s: file(f"environment:\n  POSTGRES_PASSWORD: {json.dumps(s)}\n"),
    "compose file in flow style": lambda s: file(
        f"a: 1\nenvironment: {{POSTGRES_USER: u, POSTGRES_PASSWORD: {json.dumps(s)}}}\n"
    ),
    "compose file with a list": lambda s: file("environment:\n  - " + json.dumps(f"POSTGRES_PASSWORD={s}") + "\n"),
    "compose file with a literal block": lambda s: file(f"environment:\n  POSTGRES_PASSWORD: |-\n    {s}\n"),
    "compose file with a folded block": lambda s: file(f"environment:\n  POSTGRES_PASSWORD: >-\n    {s}\n"),
    "compose file with single quotes": lambda s: file("environment:\n  DB_PASSWORD: '" + s.replace("'", "''") + "'\n"),
    "compose file with an anchor": lambda s: file(
        f"x-password: &password {json.dumps(s)}\ndb: {{POSTGRES_PASSWORD: *password}}\n"
    ),
    "compose file with a default": lambda s: file("environment:\n  DB_PASSWORD: ${DB_PASSWORD:-" + percent(s) + "}\n"),
    "compose file, commented out": lambda s: file(f"environment:\n  # POSTGRES_PASSWORD: {percent(s)}\n  A: b\n"),
    "compose file that is broken": lambda s: file(f"environment:\n  POSTGRES_PASSWORD: {percent(s)}\n bad: [\n"),
    "env file": lambda s: file(f"# settings\nPOSTGRES_PASSWORD={percent(s)}\n"),
    "netrc": lambda s: file(f"machine example.org\n  login me\n  password {percent(s)}\n"),
    "manifest of a secret": lambda s: file(f"kind: Secret\nmetadata: {{name: x}}\ndata:\n  code: {b64(s)}\n"),
    "manifest with stringData": lambda s: file(f"stringData:\n  code: {json.dumps(s)}\nkind: Secret\n"),
    "manifest in json": lambda s: file(json.dumps({"kind": "Secret", "data": {"code": b64(s)}})),
    "manifest with a variable": lambda s: file(f"env:\n- name: DB_PASSWORD\n  value: {json.dumps(s)}\n"),
    "statement of sql": lambda s: file("CREATE USER me PASSWORD '" + percent(s) + "';\n"),
    "secret": lambda s: secret(b64(s)),
    "secret with a line break": lambda s: secret(b64(s + "\n")),
    "secret without padding": lambda s: secret(b64(s).rstrip("=")),
    "secret in the other alphabet": lambda s: secret(b64(s).replace("+", "-").replace("/", "_")),
    "secret in lines": lambda s: secret(wrapped(s)),
    "secret under any key": lambda s: secret(b64(s), "code"),
    "secret encoded twice": lambda s: secret(b64(b64(s))),
    "secret with a file": lambda s: secret(b64(f"[db]\npassword={percent(s)}\n"), "config.ini"),
    "secret with a private key": lambda s: secret(b64(pem(s)), "tls.key"),
    "registry's secret": lambda s: secret(
        b64(json.dumps({"auths": {"r.example": {"username": "me", "password": s, "auth": b64("me:" + s)}}})), ".dockerconfigjson"
    ),
    "registry's secret with auth alone": lambda s: secret(
        b64(json.dumps({"auths": {"r": {"auth": b64("me:" + s)}}})), ".dockerconfigjson"
    ),
    "variable of a pod": lambda s: pod({"env": [{"name": "DB_PASSWORD", "value": s}]}),
    "header of a health probe": lambda s: pod(
        {"livenessProbe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": f"Bearer {b64(s)}"}]}}}
    ),
    "arguments of a pod": lambda s: pod({"args": ["--token", s]}),
    "config map": lambda s: cluster("ConfigMap", data={"DB_PASSWORD": s}),
    "file in a config map": lambda s: cluster("ConfigMap", data={"app.ini": f"url = postgres://u:{percent(s)}@db/d\n"}),
    "annotation": lambda s: cluster("Pod", metadata={"annotations": {"example.org/api-token": s}}),
    "label of a pod": lambda s: cluster("Pod", metadata={"labels": {"token": percent(s)}}),
    "copy that apply leaves": lambda s: cluster(
        "Secret", metadata={"annotations": {APPLIED: json.dumps({"kind": "Secret", "stringData": {"code": s}})}}
    ),
    "message of an event": lambda s: cluster(
        "Event", message=f"Error: cannot reach postgres://u:{percent(s)}@db:5432/d: refused"
    ),
    "error of a collector": lambda s: {"objects": {}, "errors": {"it": f"the probe failed (KeyError: 'TOKEN={percent(s)}')"}},
}


def traces(secret: str, haystack: str) -> list[str]:
    """In which encodings a secret stands in a text. Written apart from the code that looks for them."""
    raw = secret.encode()
    forms = {"plain": secret, "percent": percent(secret), "percent, lower case": percent(secret).lower(), "hex": raw.hex()}
    forms |= {"in JSON": json.dumps(secret)[1:-1], "in JSON, twice": json.dumps(json.dumps(secret)[1:-1])[1:-1]}
    for shift in range(3):
        letters = base64.b64encode(b"xy"[:shift] + raw).decode().rstrip("=")
        inner = letters[2 if shift else 0 :][: len(letters) - 4]
        forms[f"base64 {shift}"] = inner
        forms[f"base64 {shift}, urlsafe"] = inner.replace("+", "-").replace("/", "_")
    joined = "".join(haystack.split()).replace("\\n", "")
    return [name for name, form in forms.items() if form in haystack or name.startswith("base64") and form in joined]


def repeats(secret: str) -> dict[str, Any]:
    """A result of a probe that shows the secret once more, without a word that says what it is."""
    lines = [
        secret,
        percent(secret),
        b64(secret),
        b64(f"me={secret}&x"),
        b64(f"a{secret}"),
        json.dumps([secret]),
        secret.encode().hex(),
    ]
    lines += [
        f"…{secret}…",
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        wrapped(f"the long way round to {secret}"),
    ]
    return {"kind": "exec", "ok": True, "stdout": "\n".join(lines), "stderr": secret, secret: "as a key"}


@pytest.mark.parametrize("value", [PLAIN, ODD], ids=["plain", "odd"])
@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_gone_from_its_place_and_from_all_that_repeat_it(place: str, value: str) -> None:
    raw = PLACES[place](value)
    # Of a private key and a web token the parts are no secrets by themselves.
    if "key" not in place and "token in" not in place:
        raw.setdefault("probes", {})["elsewhere"] = repeats(bearer(place, value))
    shown = json.dumps(redact(raw), ensure_ascii=False)
    assert not traces(bearer(place, value), shown), shown
    assert not traces(value, shown), shown
    assert "‹redacted " in shown
    if "private key" in place:
        assert PEM_LINE not in shown


def bearer(place: str, value: str) -> str:
    """The secret as the place has it: a bearer token in base64 is not known by what it encodes."""
    return b64(value) if "authorization header" in place or "with a header" in place or "health probe" in place else value


@pytest.mark.parametrize("value", [PLAIN, ODD], ids=["plain", "odd"])
def test_each_trace_is_seen_in_what_repeats_a_secret(value: str) -> None:
    seen = traces(value, "\n".join(repeats(value)["stdout"].splitlines()))
    assert {"plain", "percent", "hex", "in JSON", "base64 0", "base64 1", "base64 0, urlsafe"} <= {*seen, "percent"}


def everything() -> tuple[dict[str, Any], list[str]]:
    """A raw snapshot with a secret of its own in each place, and the secrets."""
    secrets, parts = [], []
    for number, place in enumerate(PLACES):
        secrets.append(f"s3cret{number:03}quay")
        parts.append(PLACES[place](secrets[-1]))
    objects: dict[str, dict[str, Any]] = {}
    for number, part in enumerate(parts):
        for kind, items in part["objects"].items():
            objects.setdefault(kind, {}).update({f"{name}-{number}": item for name, item in items.items()})
    probes = {f"it-{number}": result for number, part in enumerate(parts) for result in part.get("probes", {}).values()}
    errors = {f"it-{number}": error for number, part in enumerate(parts) for error in part.get("errors", {}).values()}
    # What a web token is made of is no secret by itself.
    repeated = [secret for secret, place in zip(secrets, PLACES, strict=True) if not place.startswith("web token")]
    probes["all"] = {"kind": "exec", "ok": True, "stdout": " ".join(repeated), "stderr": "\n".join(map(b64, repeated))}
    return {"objects": objects, "probes": probes, "errors": errors}, secrets


def shown_by(snapshot: Snapshot) -> Report:
    """A report that shows all of the snapshot in every field that a renderer knows."""
    told = json.dumps(snapshot.to_json(), ensure_ascii=False)
    finding = Finding(told, told, told, snapshot.objects, snapshot.probes, told, told)
    return Report("05-compose", "Compose", "1", snapshot.taken, (Result("a", "A", Outcome.NOT_YET, findings=(finding,)),))


def test_evidence_reports_and_crash_reports_hold_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    raw, secrets = everything()
    clean = redact(raw)
    snapshot = Snapshot("05-compose", "2030-01-01T00:00:00Z", **clean)
    report = shown_by(snapshot)
    evidence.save(tmp_path / "evidence.json", Graded(report, snapshot))
    outputs = {
        "evidence": (tmp_path / "evidence.json").read_text(encoding="utf-8"),
        "text": text.render(report),
        "html": html.page(report),
        "json": as_json.dumps(report),
        "junit": junit.dumps(report),
        "crash": crash(json.dumps(raw)),
    }
    for name, output in outputs.items():
        assert "redacted" in output
        leaked = [secret for secret in secrets if traces(secret, output)]
        # A crash report shows the text of an exception; of base64 that nothing names it knows what this process has met.
        assert not leaked, (name, leaked)


def crash(told: str) -> str:
    try:
        raise ValueError(told)
    except ValueError:
        sentence = crash_report.record()
    return Path(sentence.rpartition(" in ")[2].rstrip(".")).read_text(encoding="utf-8")


def test_a_kind_of_object_that_is_called_like_a_field_of_names_is_redacted() -> None:
    for kind in ("image", "name", "reason", "type", "labels", "Path", "key"):
        raw = {"objects": {kind: {"x": {"Env": [f"DB_PASSWORD={PLAIN}"], "note": PLAIN}}}, "probes": {kind: {"stdout": PLAIN}}}
        assert PLAIN not in json.dumps(redact(raw))
