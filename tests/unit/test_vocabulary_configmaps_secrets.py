"""The words of settings: where variables and files come from, what a Secret may hold, how far a file is behind."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import configmaps_secrets, pod_volumes

MARK, OTHER = "‹redacted 12345678›", "‹redacted 00000000›"


def pod(container: Json | None = None, volumes: list[Json] | None = None) -> Json:
    spec = {"containers": [{"name": "app", **(container or {})}], "volumes": volumes or []}
    return {"kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def deployment(container: Json) -> Json:
    return {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {"spec": pod(container)["spec"]}}}


def secret(length: int = 10, newline: bool = False) -> Json:
    facts = {"code": {"length": length, "ends_with_newline": newline}}
    return {"kind": "Secret", "metadata": {"name": "key"}, "data": {"code": MARK, "user": OTHER}, "DataFacts": facts}


def snapshot(probes: Json | None = None, **objects: Any) -> Snapshot:
    return Snapshot("91-tiny", "2030-01-01T00:10:00Z", objects=objects, probes=probes or {})


def said(findings: Any) -> str:
    return "\n".join(f"{each.message} {each.why}" for each in findings)


def changed(time: str) -> Json:
    about = {"name": "config", "creationTimestamp": "2030-01-01T00:00:00Z", "managedFields": [{"time": time}, {}]}
    return {"kind": "ConfigMap", "metadata": about}


VARIABLES: dict[str, tuple[Json, str]] = {
    "a key": ({"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "config", "key": "a"}}}]}, ""),
    "all keys": ({"envFrom": [{"configMapRef": {"name": "config"}}]}, ""),
    "by another one": (
        {"env": [{"name": "A", "value": "$(a)"}], "envFrom": [{"prefix": "x"}, {"configMapRef": {"name": "config"}}]},
        "",
    ),
    "written down": ({"env": [{"name": "A", "value": "5"}]}, "is written in web itself"),
    "empty": ({"env": [{"name": "A"}]}, "is written in web itself"),
    "of another kind": (
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "config", "key": "a"}}}]},
        "does not come from the ConfigMap config",
    ),
    "not there": ({"env": [{"name": "B", "value": "5"}]}, "gets no variable A"),
    "nothing at all": ({}, "gets no variable A"),
}


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("made", [pod, deployment])
def test_where_a_variable_comes_from(name: str, made: Any) -> None:
    container, words = VARIABLES[name]
    found = said(configmaps_secrets.variable_from(made(container), "app", "A", "ConfigMap", "config", "hint"))
    assert words in found
    assert bool(found) == bool(words)


FILES: dict[str, tuple[Json, bool]] = {
    "whole": ({"configMap": {"name": "config"}}, True),
    "projected": ({"projected": {"sources": [{"secret": {"name": "x"}}, {"configMap": {"name": "config"}}]}}, True),
    "another": ({"configMap": {"name": "other"}}, False),
    "a Secret": ({"secret": {"secretName": "config"}}, False),
}


@pytest.mark.parametrize("name", FILES)
def test_where_a_file_comes_from(name: str) -> None:
    source, right = FILES[name]
    item = pod({"volumeMounts": [{"name": "v", "mountPath": "/etc/app/"}]}, [{"name": "v", **source}])
    assert bool(list(pod_volumes.file_from(item, "app", "/etc/app/a.txt", "ConfigMap", "config", "hint"))) != right
    assert list(pod_volumes.file_from(item, "app", "/etc/application", "ConfigMap", "config", "hint"))
    assert list(pod_volumes.file_from(pod(), "app", "/etc/app/a.txt", "ConfigMap", "config", "hint"))


def test_a_secrets_text() -> None:
    right = lambda item: said(configmaps_secrets.secret_text(item, "code", 10, "hint", 10))  # noqa: E731
    assert right(secret()) == ""
    assert "ends with a line break" in right(secret(11, newline=True))
    assert "encoded twice" in right(secret(16))
    assert "is 12 bytes long" in right(secret(12))
    assert "has no key code" in right({"kind": "Secret", "metadata": {"name": "key"}})
    assert said(configmaps_secrets.secret_text(secret(40), "code", 10, "hint")) == ""


WRITTEN = {
    f"value: {MARK}": "holds a password.",
    f"code: {MARK.replace(' ', ' base64 ')}": "in base64",
    "# was: old-lamp": "holds a password.",
    "code: b2xkLWxhbXA=": "in base64",
    f"user: {OTHER} and {OTHER.replace(' ', ' base64 ')}": "",
    "": "",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_password_in_a_file(text: str) -> None:
    state = snapshot({"file": {"kind": "file", "path": "app.yaml", "text": text}})
    found = said(configmaps_secrets.unwritten(state, "file", secret(), "code", "old-lamp", "hint"))
    assert WRITTEN[text] in found
    assert bool(found) == bool(WRITTEN[text])


def test_a_file_that_is_behind() -> None:
    def late(mount: Json, time: str) -> Finding:
        item = deployment({"volumeMounts": [{"name": "v", **mount}]})
        return configmaps_secrets.behind(snapshot(), changed(time), item, "app", "/etc/app/a.txt", "old", "hint")

    assert late({"mountPath": "/etc/app"}, "2030-01-01T00:09:30Z").waiting
    assert not late({"mountPath": "/etc/app"}, "2030-01-01T00:01:00Z").waiting
    alone = late({"mountPath": "/etc/app/a.txt", "subPath": "a.txt"}, "2030-01-01T00:09:30Z")
    assert not alone.waiting
    assert "subPath" in alone.why


# Times are known to the second: of two in the same one, nobody can say which came first.
@pytest.mark.parametrize(
    ("start", "words"), [("00:01:00", ""), ("00:05:00", ""), ("00:05:01", "had the new file from the start"), ("", "")]
)
def test_a_container_that_was_there_before(start: str, words: str) -> None:
    state = {"running": {"startedAt": f"2030-01-01T{start}Z"}} if start else {}
    web = {**pod(), "status": {"containerStatuses": [{"name": "app", "state": state}]}}
    found = said(configmaps_secrets.outlived(snapshot(Pod={"web": web}), "web", "app", changed("2030-01-01T00:05:00Z"), "hint"))
    assert words in found
    assert bool(found) == bool(words)
    assert not list(configmaps_secrets.outlived(snapshot(Pod={}), "web", "app", changed("2030-01-01T00:05:00Z"), "hint"))


def test_what_a_variable_holds() -> None:
    seen = {"ok": True, "stdout": "10\n", "error": "", "exit": 0, "stderr": "", "command": ["wc"]}
    count = lambda probe: said(configmaps_secrets.arrives(snapshot({"n": probe}), "n", pod(), "A", secret(), "code", "hint"))  # noqa: E731
    assert count(seen) == ""
    assert "does not follow later changes" in count({**seen, "stdout": "9\n"})
    assert count({**seen, "ok": False, "stdout": "", "exit": 1})
    shows = lambda probe: said(configmaps_secrets.prints(snapshot({"n": probe}), "n", pod(), ("9", "10"), "hint"))  # noqa: E731
    assert shows(seen) == ""
    assert "does not show 9 or 10" in shows({**seen, "stdout": "11"})


def test_keys_and_immutability() -> None:
    item = {"kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"a": "1\n"}}
    assert said(configmaps_secrets.holds(item, {"a": ("1", "2")}, "hint")) == ""
    assert "has the wrong value" in said(configmaps_secrets.holds(item, {"a": ("2",)}, "hint"))
    assert "has no key b" in said(configmaps_secrets.holds(item, {"b": ("2",)}, "hint"))
    assert "has no key a" in said(configmaps_secrets.holds({**item, "data": None}, {"a": ("2",)}, "hint"))
    assert "can still be changed" in said(configmaps_secrets.immutable(item, "hint"))
    assert said(configmaps_secrets.immutable({**item, "immutable": True}, "hint")) == ""
