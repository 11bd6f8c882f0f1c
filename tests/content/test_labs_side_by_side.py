"""Labs side by side: no two labs of the course claim the same container, image, port, host or other name on one machine."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields

from checks import catalog
from checks.dev.paths import places
from checks.model import Lab, Scope
from sandboxes.settings import ROOT, Settings

LABS = catalog.labs(ROOT / "labs")
PLACES = places(Settings())
NAMES = [field.name for field in fields(Scope) if field.name not in ("swarm", "kinds", "stops_nodes")]
SUFFIXES = {".ipynb", ".md", ".py", ".sh", ".toml", ".yaml", ".yml", ""}
PORTS = (
    # docker run --publish 127.0.0.1:8003:8000, or -p
    r"(?:--publish|-p)[ =](?:[\d.]+:)?(\d+):\d+",
    # the list `ports` of a Compose file
    r"""(?m)^\s*- ["']?(?:[\d.]+:)?(\d{2,5}):\d{2,5}(?:/tcp)?["']?$""",
    # a probe of lab.toml
    r'(?m)^url = "https?://(?:localhost|127\.0\.0\.1):(\d+)',
    r"nodePort: (\d+)",
    r"--node-port[ =](\d+)",
    r"port-forward \S+ (\d+):\d+",
)
HOST = re.compile(r"(?<![\w.-])([a-z0-9-]+(?:\.[a-z0-9-]+)*\.example\.com)\b")


def texts(lab: Lab) -> Iterator[str]:
    """The texts of a lab: the notebook's cells, lab.toml, starter files, the solutions and the checks. A near miss may take
    another lab's port by mistake."""
    paths = [path for path in sorted(lab.folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    for path in [*paths, PLACES.recordings(lab.id) / "second.sh", PLACES.module(lab.id)]:
        if path.suffix in SUFFIXES and path.is_file():
            text = path.read_text(encoding="utf-8")
            yield "\n".join(map(source, json.loads(text)["cells"])) if path.suffix == ".ipynb" else text


def source(cell: dict) -> str:
    return "".join(cell["source"])


def claims(lab: Lab) -> Iterator[tuple[str, str]]:
    """What a lab claims for itself: pairs of a kind and a name."""
    for kind in NAMES:
        yield from ((kind, name.partition(":")[0] if kind == "images" else name) for name in getattr(lab.scope, kind))
    for text in texts(lab):
        for pattern in PORTS:
            yield from (("port", port) for port in re.findall(pattern, text))
        yield from (("host", host) for host in HOST.findall(text))


def owners() -> dict[tuple[str, str], set[str]]:
    """The labs that claim each name."""
    by_claim = defaultdict(set)
    for lab in LABS:
        for claim in claims(lab):
            by_claim[claim].add(lab.id)
    return by_claim


def test_no_two_labs_claim_the_same_name_port_or_host() -> None:
    shared = {" ".join(claim): sorted(labs) for claim, labs in owners().items() if len(labs) > 1}
    assert not shared


def test_the_claims_are_found() -> None:
    by_claim = owners()
    assert by_claim["port", "5000"] == {"01-flask"}
    assert by_claim["port", "8090"] == {"09c-checkpoint-docker"}
    assert by_claim["port", "30013"] == {"13-services"}
    assert by_claim["host", "harbour.example.com"] == {"22-ingress"}
    assert by_claim["containers", "my-running-app"] == {"01-flask"}


def test_no_name_of_a_lab_looks_like_one_that_the_compose_project_of_another_makes() -> None:
    projects = [(lab, project) for lab in LABS for project in lab.scope.projects]
    taken = [(lab.id, name) for lab in LABS for kind in NAMES for name in getattr(lab.scope, kind)]
    assert not [
        (lab.id, project, other, name)
        for lab, project in projects
        for other, name in taken
        if other != lab.id and name.startswith((f"{project}-", f"{project}_"))
    ]
