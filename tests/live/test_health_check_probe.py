"""Health checks of real containers, run once more where their server does not run."""

import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from checks.clients.base import Engine
from checks.model import Probe
from checks.probes import health_check
from checks.snapshot import Json
from sandboxes.engine import find

NAME, IMAGE = "slipway-test-health", "python:3.11-slim"
ASK = "python -c \"import urllib.request as web; web.urlopen('http://{host}:8000/health')\""
GET = "import http.client as c; s = c.HTTPConnection('127.0.0.1', 8000); s.request('GET', '/health'); s.getresponse()"


@pytest.fixture
def client(need_images: Callable[[Iterable[str]], None]) -> Iterator[Engine]:
    need_images([IMAGE])
    connection = Engine(find.describe().endpoint)
    yield connection
    connection.close()
    subprocess.run(["docker", "rm", "--force", "--volumes", NAME], capture_output=True, check=True)


def rehearsed(client: Engine, folder: Path, test: str, port: int | None = 8000) -> Json:
    """What the probe sees of a container with this health check, which serves nothing itself."""
    options = ["--volume", "/data", "--label", "com.docker.compose.project=slipway-test-health", "--hostname", "quay"]
    command = ["docker", "run", "--detach", "--name", NAME, *options, "--health-cmd", test, IMAGE, "sleep", "600"]
    subprocess.run(command, capture_output=True, check=True)
    probe = Probe("it", "health_check", {"container": NAME} | ({"port": port} if port else {}), timeout=30)
    return health_check.rehearse(probe, client, folder)


@pytest.mark.parametrize(
    ("test", "port", "fails", "requests"),
    [
        (ASK.format(host="127.0.0.1"), 8000, True, ["GET /health"]),
        (ASK.format(host="quay"), 8000, True, ["GET /health"]),
        (f"{ASK.format(host='localhost')} || true", 8000, False, ["GET /health"]),
        (f'python -c "{GET}"', 8000, False, ["GET /health"]),
        (ASK.format(host="127.0.0.1").replace("/health", "/"), 8000, False, ["GET /"]),
        ("python -c \"print('ok')\"", 8000, False, []),
        ("test -d /data", None, False, []),
        (ASK.format(host="127.0.0.1"), None, True, []),
        ("no-such-tool http://127.0.0.1:8000/health", None, True, []),
    ],
)
def test_health_check_is_seen_for_what_it_asks(
    client: Engine, tmp_path: Path, test: str, port: int | None, fails: bool, requests: list[str]
) -> None:
    seen = rehearsed(client, tmp_path, test, port)
    assert (seen["ok"], seen["exit"] != 0, seen["requests"]) == (True, fails, requests)
    listed = subprocess.run(["docker", "ps", "--all", "--format", "{{.Names}}"], capture_output=True, text=True, check=True)
    assert "slipway-helper" not in listed.stdout
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("health-check-")
