"""The commands `slipway cluster …`: help, what `up` installs, and what `load` says and refuses."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checks.cli.cluster import app
from sandboxes import images
from sandboxes.cluster import load, manage
from sandboxes.cluster.manage import Cluster
from sandboxes.errors import SlipwayError

RUNNER = CliRunner()


@pytest.mark.parametrize("command", ["up", "down", "status", "load", "reset"])
def test_each_command_has_help_with_an_example(command: str) -> None:
    result = RUNNER.invoke(app, [command, "--help"])
    assert result.exit_code == 0 and f"Example: slipway cluster {command}" in result.output


COURSE = ["busybox:1.35", "nginx:1.22", "nginx:1.26", "postgres:15", "python:3.11-slim", "redis:7"]


@pytest.mark.parametrize(
    ("options", "addons", "loaded"),
    [
        ([], [], []),
        (["--addon", "ingress", "--load", "web:1"], ["ingress"], ["web:1"]),
        (["--all"], ["metrics-server", "ingress", "network-policy"], COURSE),
    ],
)
def test_up_gets_what_is_asked_for_and_no_more(
    monkeypatch: pytest.MonkeyPatch, options: list[str], addons: list[str], loaded: list[str]
) -> None:
    installed: list[str] = []
    placed: set[str] = set()

    def ensure(progress: object, addons: Iterable[str] = (), images: Iterable[str] = ()) -> Cluster:
        installed.extend(addons)
        placed.update(images)
        return Cluster("slipway", Path(), "", "", 8280, 8643)

    monkeypatch.setattr(manage, "ensure", ensure)
    monkeypatch.setattr(images, "ensure", lambda wanted, **options: None)
    assert RUNNER.invoke(app, ["up", *options]).exit_code == 0
    assert installed == addons and placed == set(loaded)


def test_load_says_of_each_image_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = {"web:1": ["a", "b"], "api:latest": []}
    monkeypatch.setattr(manage, "take_in", lambda references, progress: placed)
    lines = RUNNER.invoke(app, ["load", "web:1", "api"]).stdout.splitlines()
    assert lines[:2] == ["web:1 was loaded into 2 nodes.", "All nodes already have api:latest."]
    assert "imagePullPolicy: IfNotPresent" in lines[2]


def test_load_without_an_image_is_wrong_usage() -> None:
    result = RUNNER.invoke(app, ["load"])
    assert result.exit_code == 2 and "Missing argument 'IMAGE'" in result.output


@pytest.mark.parametrize(
    ("given", "name"), [("web", "web:latest"), ("web:1", "web:1"), ("mirror:5000/web", "mirror:5000/web:latest")]
)
def test_an_image_is_meant_with_its_tag(given: str, name: str) -> None:
    assert load.named(given) == name


@pytest.mark.parametrize("digest", ["sha256:ae17dbb330a8", "web@sha256:ae17dbb330a8"])
def test_a_digest_is_no_name_that_a_pod_asks_for(digest: str) -> None:
    with pytest.raises(SlipwayError, match="is not a name that a Pod can refer to"):
        load.named(digest)
