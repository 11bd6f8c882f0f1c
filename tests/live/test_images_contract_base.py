"""The upstream contract of debian, busybox, python and golang, held against whichever images are there."""

from pathlib import Path

import pytest
from images_box import BUILD_DEADLINE, MakeBox, box, config, docker, ensure, must, variables  # noqa: F401

pytestmark = pytest.mark.live

DEBIAN, BUSYBOX, PYTHON, GOLANG = "debian:bookworm-slim", "busybox:1.35", "python:3.11-slim", "golang:1.24"


@pytest.fixture(scope="module", autouse=True)
def there(tmp_path_factory: pytest.TempPathFactory) -> None:
    ensure(tmp_path_factory.mktemp("state"), DEBIAN, "debian:trixie-slim", BUSYBOX, PYTHON, GOLANG)


def run(reference: str, script: str, *options: str) -> str:
    """The output of a shell script in a new container."""
    return must("run", "--rm", *options, reference, "sh", "-c", script)


def build(folder: Path, dockerfile: str) -> str:
    """Build a learner's Dockerfile and return the image's ID."""
    (folder / "Dockerfile").write_text(dockerfile)
    return must("build", "--quiet", "--no-cache", "--network=host", str(folder), deadline=BUILD_DEADLINE).splitlines()[-1]


@pytest.mark.parametrize(("reference", "codename"), [(DEBIAN, "bookworm"), ("debian:trixie-slim", "trixie")])
def test_debian_is_that_release_and_nothing_more(reference: str, codename: str) -> None:
    assert config(reference)["Cmd"] in (["bash"], ["/bin/bash"])
    assert config(reference)["Entrypoint"] is None
    script = ". /etc/os-release; echo $VERSION_CODENAME; id -u; bash -c pwd; which perl python3 curl"
    lines = docker("run", "--rm", reference, "sh", "-c", script).text.split()
    assert lines == [codename, "0", "/", "/usr/bin/perl"]
    assert int(must("image", "inspect", reference, "--format", "{{.Size}}")) < 100_000_000


@pytest.mark.parametrize(("reference", "codename"), [(DEBIAN, "bookworm"), ("debian:trixie-slim", "trixie")])
def test_debian_names_the_public_sources(reference: str, codename: str) -> None:
    sources = run(reference, "cat /etc/apt/sources.list.d/*.sources")
    assert "URIs: http://deb.debian.org/debian\n" in sources
    assert f"{codename}-updates" in sources
    assert f"{codename}-security" in sources


def test_debian_installs_packages_in_a_build(tmp_path: Path) -> None:
    image = build(
        tmp_path,
        f"FROM {DEBIAN}\nRUN apt-get update && apt-get install -y --no-install-recommends file && rm -rf /var/lib/apt/lists/*\n",
    )
    try:
        assert "shell script" in run(image, "printf '#!/bin/sh\\n' >/tmp/x; file /tmp/x")
        assert run(image, "ls /var/cache/apt/archives/*.deb 2>/dev/null | wc -l") == "0"
    finally:
        docker("rmi", image)


def test_busybox_is_one_program_with_many_names() -> None:
    assert config(BUSYBOX)["Cmd"] == ["sh"]
    assert config(BUSYBOX)["Entrypoint"] is None
    assert "BusyBox v1.35" in run(BUSYBOX, "busybox | head -1")
    applets = [
        "sh",
        "ls",
        "cat",
        "echo",
        "wget",
        "nc",
        "nslookup",
        "ping",
        "httpd",
        "vi",
        "top",
        "ps",
        "grep",
        "awk",
        "sed",
        "tar",
        "sleep",
        "env",
        "id",
        "hostname",
    ]
    assert run(BUSYBOX, f"cd /bin && ls {' '.join(applets)}").split() == sorted(applets)
    assert int(must("image", "inspect", BUSYBOX, "--format", "{{.Size}}")) < 6_000_000


def test_busybox_has_users_and_a_place_to_write() -> None:
    lines = run(BUSYBOX, "id -un; id -un nobody; id -u www-data; stat -c %a /tmp; stat -c %a /root; /usr/bin/env true; echo $?")
    assert lines.split() == ["root", "nobody", "33", "1777", "700", "0"]
    assert run(BUSYBOX, "echo x >/tmp/x && cat /tmp/x", "--user", "65534") == "x"


def test_busybox_serves_over_the_network(box: MakeBox) -> None:  # noqa: F811
    server = box(BUSYBOX, "sh", "-c", "echo ahoy >/tmp/index.html; exec httpd -f -p 8080 -h /tmp").start()
    server.wait_for(lambda: server.run("wget", "-qO-", "http://127.0.0.1:8080/").text == "ahoy")


def test_python_is_where_upstream_has_it() -> None:
    assert config(PYTHON)["Cmd"] == ["python3"]
    assert config(PYTHON)["Entrypoint"] is None
    assert config(PYTHON)["Env"][0].startswith("PATH=/usr/local/bin:")
    assert variables(PYTHON)["LANG"] == "C.UTF-8"
    for name in ("python", "python3", "python3.11", "pip", "pip3"):
        assert run(PYTHON, f"command -v {name}") == f"/usr/local/bin/{name}"
    assert run(PYTHON, "python --version") == f"Python {variables(PYTHON)['PYTHON_VERSION']}"
    assert int(must("image", "inspect", PYTHON, "--format", "{{.Size}}")) < 200_000_000


def test_python_has_its_standard_library_and_no_compiler() -> None:
    modules = "bz2, ctypes, curses, distutils.util, ensurepip, lzma, readline, sqlite3, ssl, uuid, venv, zlib, zoneinfo"
    assert run(PYTHON, f"python -W ignore -c 'import {modules}; print(zoneinfo.ZoneInfo(\"Europe/Berlin\"))'") == "Europe/Berlin"
    assert docker("run", "--rm", PYTHON, "sh", "-c", "command -v gcc cc make").text == ""


def test_python_installs_packages_into_usr_local(tmp_path: Path) -> None:
    image = build(tmp_path, f"FROM {PYTHON}\nRUN pip install --no-cache-dir Flask\n")
    try:
        assert run(image, "command -v flask") == "/usr/local/bin/flask"
        assert run(image, "python -c 'import flask; print(flask.__file__)'").startswith("/usr/local/lib/python3.11/")
        assert run(image, "ls -d /usr/local/lib/python3.11/site-packages/flask").endswith("/flask")
    finally:
        docker("rmi", image)


def test_python_packages_can_be_copied_between_stages(tmp_path: Path) -> None:
    places = "/usr/local/lib/python3.11/site-packages"
    image = build(
        tmp_path,
        f"FROM {PYTHON} AS build\nRUN pip install --no-cache-dir click\nFROM {PYTHON}\nCOPY --from=build {places} {places}\n",
    )
    try:
        assert run(image, "python -c 'import click; print(click.__name__)'") == "click"
        assert run(image, "pip --version").startswith("pip ")
    finally:
        docker("rmi", image)


def test_python_makes_environments_whose_pip_works() -> None:
    script = "python -m venv /tmp/env && cd /tmp/env/bin && ./pip install -q click && ./python -c "
    script += "'import click; print(click.__file__)'"
    assert run(PYTHON, script, "--network=host").splitlines()[-1].startswith("/tmp/env/lib/python3.11/site-packages/")


def test_python_as_another_user_and_on_a_read_only_root() -> None:
    assert run(PYTHON, "python -c 'import os; print(os.getuid())'", "--user", "1234", "--read-only") == "1234"


def test_golang_is_where_upstream_has_it() -> None:
    declared = variables(GOLANG)
    assert declared["GOPATH"] == "/go"
    assert declared["GOTOOLCHAIN"] == "local"
    assert declared["PATH"].startswith("/go/bin:/usr/local/go/bin:")
    assert config(GOLANG)["WorkingDir"] == "/go"
    assert run(GOLANG, "command -v go") == "/usr/local/go/bin/go"
    assert run(GOLANG, "go version").startswith(f"go version go{declared['GOLANG_VERSION']} ")
    assert declared["GOLANG_VERSION"].startswith("1.24")
    assert run(GOLANG, "stat -c %a /go/src /go/bin; command -v git").split() == ["1777", "1777", "/usr/bin/git"]


def test_golang_builds_with_and_without_cgo(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.org/sail\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text(
        'package main\n\nimport (\n\t"fmt"\n\t"net"\n)\n\nfunc main() {\n\t_, err := net.LookupHost("localhost")\n'
        '\tfmt.Println("hoist", err)\n}\n'
    )
    image = build(
        tmp_path,
        f"FROM {GOLANG}\nWORKDIR /src\nCOPY . .\nRUN go build -o /dynamic . && CGO_ENABLED=0 go build -o /static .\n",
    )
    try:
        assert run(image, "/dynamic; /static").splitlines() == ["hoist <nil>", "hoist <nil>"]
        assert "libc.so" in run(image, "ldd /dynamic")
        assert "not a dynamic executable" in docker("run", "--rm", image, "ldd", "/static").text
    finally:
        docker("rmi", image)
