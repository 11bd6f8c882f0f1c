"""The probe of passwords in images: in which files of an image's layers stands a password that its application uses."""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checks.clients.base import Engine
from checks.clients.filters import filtered
from checks.model import Probe
from checks.probes import image_layers
from checks.redact import secrets_of, text_secrets
from checks.redact.encodings import base64_cores, exact_base64, plain_forms
from checks.redact.names import is_literal, is_secret
from checks.redact.replace import SHORTEST_ELSEWHERE
from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.host.atomic_write import read_whole, write_whole

# Part of the key under which a result is kept: what was read in another form is read again.
FORM = 1
SECRETS = "/run/secrets/"
STRONG = 12  # characters from which a word is no word of everyday texts


def search(probe: Probe, engine: Engine, cache: Path) -> Json:
    """Search the images of the `services` of a Compose `project` for the passwords that the project's containers use.

    The result says which files hold one, also those that a later layer deletes, and never what it is. Layers of the images
    in `bases` are left out: what is in there was there before the password.
    """
    project, services = probe.options["project"], probe.options["services"]
    result: Json = {"kind": "image_passwords", "project": project, "ok": False, "error": "", "files": []}
    containers = _containers(engine, project)
    values = _in_use(containers.values())
    found = []
    for service in services:
        container = containers.get(service)
        if container is None:
            return {**result, "error": f"no container of the service {service}"}
        files = _files(engine, container["Image"], values, probe, cache) if values else []
        found += [{"service": service, **file} for file in files]
    return {**result, "ok": True, "files": found}


def _containers(engine: Engine, project: str) -> dict[str, Json]:
    """The containers of the project by service, as the engine describes them; of several, the newest."""
    label = [f"com.docker.compose.project={project}", "com.docker.compose.oneoff=False"]
    listed = engine.get(filtered("/containers/json?all=1", label=label))
    by_service = {}
    for entry in sorted(listed, key=lambda entry: entry["Created"]):
        if (detail := engine.get(f"/containers/{entry['Id']}/json")) is not None:
            by_service[entry["Labels"]["com.docker.compose.service"]] = detail
    return by_service


def _in_use(containers: Iterable[Json]) -> list[str]:
    """The passwords that the containers are given: in variables, in URLs, in files under /run/secrets.

    A value that is also a user's or a database's name is left out: it stands in too many harmless places.
    """
    values: set[str] = set()
    names: set[str] = set()
    for container in containers:
        variables = list(container["Config"].get("Env") or ())
        values |= secrets_of({"Env": variables, "Cmd": container["Config"].get("Cmd") or []}).values.keys()
        values |= {text for mount in container.get("Mounts") or () if (text := _mounted(mount))}
        pairs = (variable.partition("=") for variable in variables)
        names |= {value for name, _, value in pairs if not is_secret(name)}
    return sorted(value for value in values - names if len(value) >= SHORTEST_ELSEWHERE and is_literal(value))


def _mounted(mount: Json) -> str:
    """What a file that is mounted as a secret holds; empty for any other mount."""
    if not str(mount.get("Destination", "")).startswith(SECRETS):
        return ""
    try:
        return read_whole(Path(mount["Source"]), limit=4096).decode("utf-8").strip()
    except (OSError, ValueError):
        return ""


@dataclass(frozen=True)
class _Holds:
    """Whether a file holds one of the passwords. A plain word counts only where the file calls it a secret."""

    forms: dict[bytes, str]

    @classmethod
    def of(cls, values: Iterable[str]) -> "_Holds":
        forms = {}
        for value in values:
            for form in {*plain_forms(value), *exact_base64(value), *base64_cores(value)}:
                if len(form) >= SHORTEST_ELSEWHERE:
                    forms[form.encode("utf-8", errors="surrogatepass")] = value
        return cls(forms)

    def search(self, content: bytes) -> bool:
        hits = {value for form, value in self.forms.items() if form in content}
        if any(not value.isalpha() or len(value) >= STRONG for value in hits):
            return True
        return bool(hits) and any(span.value in hits for span in text_secrets(content.decode("utf-8", errors="replace")))


def _files(engine: Engine, image: str, values: list[str], probe: Probe, cache: Path) -> list[Json]:
    """The files of an image that hold one of the values, kept under a key that tells nothing about them."""
    known = json.dumps([FORM, image, values, probe.options.get("bases", [])]).encode()
    kept = cache / f"image-passwords-{hmac.digest(_key(cache), known, 'sha256').hex()[:24]}.json"
    try:
        return json_text.loads(read_whole(kept))
    except (OSError, ValueError):
        pass
    below = max((_shared_layers(engine, image, base) for base in probe.options.get("bases", [])), default=0)
    search = image_layers.Search(("*",), _Holds.of(values))
    hits: list[Json] = image_layers.read(engine, image, search, probe.timeout)
    files = [file for file in hits if file["layer"] >= below]
    write_whole(kept, json.dumps(files))
    return files


def _key(cache: Path) -> bytes:
    """A random key of this checkout, made once."""
    path = cache / "key"
    try:
        return bytes.fromhex(read_whole(path, limit=100).decode("ascii"))
    except (OSError, ValueError):
        key = os.urandom(32)
        write_whole(path, key.hex(), mode=0o600)
        return key


def _shared_layers(engine: Engine, image: str, base: str) -> int:
    """How many of the image's layers, from the lowest, are those of `base`."""
    own, other = (_layers(engine.get(f"/images/{quote(name, safe=':/')}/json")) for name in (image, base))
    return len(other) if own[: len(other)] == other else 0


def _layers(image: Any) -> list[str]:
    return ((image or {}).get("RootFS") or {}).get("Layers") or []
