"""What builds take over from the machine."""

import ssl
from pathlib import Path

import pytest

from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.host import packages
from sandboxes.images import build, build_environment, debian, state_folder
from sandboxes.images import pull as pulling


def pem(content: bytes) -> str:
    """Something in the outer form of a certificate."""
    return ssl.DER_cert_to_PEM_cert(b"\x30" + content)


def test_certificates_come_from_the_folders_and_from_the_named_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = tmp_path / "usual.crt"
    usual.write_text(pem(b"usual"))
    monkeypatch.setattr(build_environment, "system_bundle", lambda: usual)
    anchors = tmp_path / "anchors"
    (anchors / "below").mkdir(parents=True)
    (anchors / "Müller & Co.crt").write_text(pem(b"company"))
    (anchors / "below" / "two.pem").write_text("text before\n" + pem(b"first") + pem(b"second"))
    (anchors / "notes.txt").write_text(pem(b"ignored"))
    named = tmp_path / "named.pem"
    named.write_text(pem(b"usual") + pem(b"company") + pem(b"extra"))
    found = build_environment.certificates([anchors, tmp_path / "absent"], {"SSL_CERT_FILE": str(named)})
    assert sorted(found.values()) == sorted(pem(each) for each in (b"company", b"first", b"second", b"extra"))
    assert all(name.isascii() and name.endswith(".crt") and " " not in name for name in found)


def test_what_is_no_certificate_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.crt").write_text("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")
    (tmp_path / "cut.crt").write_text(pem(b"x" * 100)[:60])
    (tmp_path / "binary.crt").write_bytes(b"\x00\xff" * 50)
    assert build_environment.certificates([tmp_path], {"SSL_CERT_FILE": str(tmp_path / "absent")}) == {}


def test_certificates_of_windows_line_ends_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.crt").write_bytes(pem(b"one").replace("\n", "\r\n").encode())
    assert list(build_environment.certificates([tmp_path], {}).values()) == [pem(b"one")]


def test_proxies_keep_their_spelling() -> None:
    environ = {"http_proxy": "http://p:1", "NO_PROXY": "localhost", "HTTPS_PROXY": "", "PATH": "/bin"}
    assert build_environment.proxies(environ) == {"http_proxy": "http://p:1", "NO_PROXY": "localhost"}


def test_mirrors_are_the_machines_own_or_the_public_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "available", lambda: True)
    monkeypatch.setattr(packages, "os_release", lambda: {"ID": "debian", "VERSION_CODENAME": "forky"})
    known = {"forky": "http://mirror.example/debian/", "forky-security": "http://mirror.example/security/"}
    monkeypatch.setattr(packages, "mirror", lambda suite: known.get(suite, ""))
    assert build_environment.mirrors("bookworm") == ("http://mirror.example/debian", "http://mirror.example/security")
    monkeypatch.setattr(packages, "os_release", lambda: {"ID": "ubuntu", "VERSION_CODENAME": "forky"})
    assert build_environment.mirrors("bookworm") == (build_environment.DEBIAN_MIRROR, build_environment.SECURITY_MIRROR)


def test_a_machine_without_apt_builds_with_the_public_mirrors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "available", lambda: False)
    assert build_environment.mirrors("bookworm") == (build_environment.DEBIAN_MIRROR, build_environment.SECURITY_MIRROR)
    assert build_environment.machine_settings() == []


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("#9 [stage-1 2/5] RUN   make", "step 2 of 5: RUN make"),
        ("#5 [1/4] FROM debian", "step 1 of 4: FROM debian"),
        ("#9 3.21 some output [1/2]", ""),
        ("#1 [internal] load build definition", ""),
    ],
)
def test_steps_are_read_from_plain_progress(line: str, step: str) -> None:
    assert build.step_in(line) == step


def test_the_build_talks_to_the_engine_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"):
        monkeypatch.setenv(name, "other")
    monkeypatch.setenv("BUILDX_BUILDER", "remote")
    environ = build.environment(Endpoint("unix:///run/mine.sock"))
    assert environ["DOCKER_HOST"] == "unix:///run/mine.sock"
    assert environ["BUILDX_BUILDER"] == "default"
    assert not {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"} & set(environ)
    secured = build.environment(Endpoint("tcp://far:2376", tls=Path("/keys"), verify=True))
    assert (secured["DOCKER_CERT_PATH"], secured["DOCKER_TLS_VERIFY"]) == ("/keys", "1")


def test_without_buildkit_the_fix_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SlipwayError, match="docker command is needed"):
        build._require_buildkit(Endpoint())
    fake = tmp_path / "docker"
    fake.write_text("#!/bin/sh\necho 'ERROR: BuildKit is enabled but the buildx component is missing or broken.' >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(SlipwayError, match="buildx component is missing.*docker-buildx"):
        build._require_buildkit(Endpoint())


def test_too_little_disk_is_said_before_anything_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    state_folder.require_space(1, "Building x", "/absent/and/remote")
    with pytest.raises(SlipwayError, match=r"Building x needs 9000000000 MB of disk space; .* has \d+ MB free"):
        state_folder.require_space(9_000_000_000, "Building x", "")


def test_without_root_the_other_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise SlipwayError("This needs root, and sudo is not available.", "Ask who is.")

    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    monkeypatch.setattr(packages, "ensure_packages", refuse)
    with pytest.raises(SlipwayError, match="needs root.*images load"):
        debian._require_tools(None)


@pytest.mark.parametrize(
    ("message", "meaning", "everywhere"),
    [
        ('Get "https://r/v2/": dial tcp: lookup r on 1.1.1.1:53: no such host', "name cannot be resolved", True),
        ('Get "https://r/v2/": x509: certificate signed by unknown authority', "does not trust its certificate", True),
        ('Get "https://r/v2/": net/http: TLS handshake timeout', "did not answer in time", True),
        (
            "pull access denied for x, repository does not exist or may require 'docker login'",
            "access to this image is denied",
            False,
        ),
        ("http: server gave HTTP response to HTTPS client", "it uses HTTP", True),
        ("no matching manifest for linux/riscv64 in the manifest list entries", "does not have this image", False),
        ("something\n new", "“something new”", False),
    ],
)
def test_the_engines_messages_in_words(message: str, meaning: str, everywhere: bool) -> None:
    failure = pulling.explain(message)
    assert meaning in failure.reason
    assert failure.everywhere is everywhere


def test_a_full_disk_is_no_fault_of_the_registry() -> None:
    with pytest.raises(SlipwayError, match="disk of the Docker engine is full"):
        pulling.explain("write /var/lib/docker/tmp/GetImageBlob1: no space left on device")
