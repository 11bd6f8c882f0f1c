"""The build environment: this machine's package mirrors, proxies and added certificates.

They are in a folder that is mounted into a build while it runs. Only the certificates stay in an image.
"""

import os
import re
import shlex
import shutil
import ssl
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandboxes.host import packages, processes
from sandboxes.host.atomic_write import read_whole
from sandboxes.images.catalogue import SHARED

DEBIAN_MIRROR = "http://deb.debian.org/debian"
SECURITY_MIRROR = "http://deb.debian.org/debian-security"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY")
# The folders for added certificate authorities: Debian and Ubuntu, Fedora, openSUSE.
ANCHORS = (
    Path("/usr/local/share/ca-certificates"),
    Path("/etc/pki/ca-trust/source/anchors"),
    Path("/etc/pki/trust/anchors"),
)
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.*?\s-----END CERTIFICATE-----", re.DOTALL)
# The first byte of every certificate.
DER_SEQUENCE = b"\x30"
APT_SETTINGS = ("Acquire::http::Proxy", "Acquire::https::Proxy", "Acquire::Check-Valid-Until", "Acquire::Check-Date")


def prepare(folder: Path) -> None:
    """Write the folder that recipes see under /mnt: `install`, its settings, and the certificates."""
    shutil.copy(SHARED / "install", folder / "install")
    (folder / "install").chmod(0o755)
    (folder / "apt.conf").write_text(apt_configuration(), encoding="utf-8")
    (folder / "environment").write_text(environment(), encoding="utf-8")
    bundle = system_bundle()
    (folder / "ca-bundle.crt").write_text(text_of(bundle) if bundle else "")
    (folder / "certificates").mkdir()
    for name, certificate in certificates().items():
        (folder / "certificates" / name).write_text(certificate, encoding="ascii")


def mirrors(suite: str) -> tuple[str, str]:
    """Return the mirrors of a Debian release and of its security updates, if possible the machine's own."""
    main = security = ""
    if packages.available():
        own = packages.os_release().get("VERSION_CODENAME", "") if packages.os_release().get("ID") == "debian" else ""
        main = packages.mirror(suite) or packages.mirror(own)
        security = packages.mirror(f"{suite}-security") or packages.mirror(f"{own}-security")
    return (main or DEBIAN_MIRROR).rstrip("/"), (security or SECURITY_MIRROR).rstrip("/")


def environment() -> str:
    """Return the file that recipes read with `. /mnt/environment`."""
    main, security = mirrors("bookworm")
    values = {
        "DEBIAN_MIRROR": main,
        "DEBIAN_SECURITY_MIRROR": security,
        "GOPROXY": os.environ.get("GOPROXY") or "https://proxy.golang.org",
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
    if index := pip_index():
        lines.append(f"export PIP_INDEX_URL={shlex.quote(index)}")
    return "\n".join(lines) + "\n"


def pip_index() -> str:
    """Return the package index that pip uses on this machine; empty for pip's default."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return os.environ.get("PIP_INDEX_URL") or processes.ask(command).strip()


def apt_configuration() -> str:
    """Return apt's configuration during a build: it keeps downloads in the cache and uses the machine's proxy."""
    lines = [
        "#clear DPkg::Post-Invoke;",
        "#clear APT::Update::Post-Invoke;",
        'APT::Keep-Downloaded-Packages "true";',
        'Acquire::Languages "none";',
        'Acquire::Retries "2";',
        'Acquire::https::CAInfo "/mnt/ca-bundle.crt";',
        'DPkg::Options { "--force-unsafe-io"; };',
        'DPkg::Use-Pty "0";',
    ]
    return "\n".join(lines + machine_settings()) + "\n"


def machine_settings() -> list[str]:
    """Return the proxy and validity settings of the machine's apt as configuration lines; [] without apt."""
    if not packages.available():
        return []
    lines = processes.ask(["apt-config", "dump"]).splitlines()
    return [line for line in lines if line.startswith(APT_SETTINGS) and '""' not in line]


def proxies(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the proxy variables that are set, in upper and lower case."""
    environ = os.environ if environ is None else environ
    names = [spelling for name in PROXIES for spelling in (name, name.lower())]
    return {name: environ[name] for name in names if environ.get(name)}


def system_bundle() -> Path | None:
    """Return the file with all certificate authorities that this machine trusts; None without one."""
    paths = ssl.get_default_verify_paths()
    for name in (paths.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"):
        if name and Path(name).is_file():
            return Path(name)
    return None


def certificates(anchors: Iterable[Path] = ANCHORS, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the certificate authorities that were added to this machine: file name to PEM text.

    They are in the folders for them, or in the file that SSL_CERT_FILE names, in addition to those of the system.
    """
    environ = os.environ if environ is None else environ
    by_name: dict[str, str] = {}
    for folder in anchors:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".crt", ".pem") and path.is_file()):
            by_name |= {_name(path.stem, pem): pem for pem in read(path)}
    usual = {pem for path in (system_bundle(),) if path for pem in read(path)}
    if named := environ.get("SSL_CERT_FILE"):
        known = usual | set(by_name.values())
        by_name |= {_name("machine", pem): pem for pem in read(Path(named)) if pem not in known}
    return by_name


def text_of(path: Path) -> str:
    """Return the text of a file of certificates, which may be a link. Raise OSError."""
    return read_whole(path.resolve()).decode("utf-8", "replace")


def read(path: Path) -> list[str]:
    """Return the certificates of a PEM file in a uniform layout; [] for a file that cannot be read."""
    try:
        blocks = CERTIFICATE.findall(text_of(path))
    except OSError:
        return []
    pems = []
    for block in blocks:
        try:
            der = ssl.PEM_cert_to_DER_cert(block)
        except ValueError:
            # Not base64: not a certificate, whatever its header says.
            continue
        if der.startswith(DER_SEQUENCE):
            pems.append(ssl.DER_cert_to_PEM_cert(der))
    return pems


def _name(stem: str, pem: str) -> str:
    import hashlib

    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", stem)
    return f"{plain}-{hashlib.sha256(pem.encode()).hexdigest()[:8]}.crt"
