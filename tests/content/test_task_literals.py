"""Literals of tasks: each name, port, number or path that a task demands appears in a check or a probe of the lab.

The other direction, that a task names every literal that a check demands, is proven in `checks.dev.literals`.
"""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks import catalog, notebook_file
from checks.dev import literals
from checks.dev.paths import places
from checks.model import Lab
from sandboxes.settings import ROOT, Settings

LABS = {lab.id: lab for lab in catalog.labs(ROOT / "labs")}
QUOTED = re.compile(r"`([^`\n]+)`")
CODE = re.compile(r"^```.*?^```", re.S | re.M)
PAIR = re.compile(r"([\w./-]+)(?:: |=)([\w./-]+)")
# A line of code, an option of a command, a call of the notebook, a value to be filled in: none is a state to reach.
SHOWN = re.compile(r"\s|^[-%$<\[\"…{]|^here\.|^\W+$")
# A text for people, in a finding: it demands nothing.
SENTENCE = re.compile(r"`|\w[.:?] |\w\.$|^ |(\w+ ){5}")
# What tasks name and no check expects in these words, by the reason.
EXAMPLES = "an example, a hint or an amount that is enough: the learner may choose another"
GIVEN = "the lab's own files hold it, or the lab explains it: there is nothing to reach"
RESULT = "seen in its result, for which a probe asks"
MADE = "a check puts the literal together from its parts"
NOT_EXPECTED = {
    EXAMPLES: {
        "04-networks": {"practice", "postgresql://postgres:practice@database:5432/postgres", "python:3.11-slim", "busybox:1.35"},
        "05-compose": {"pg_isready", "1s"},
        "05b-secrets": {"front", "back"},
        "06-multi-stage": {"scratch", "65534:65534", "single.Dockerfile", "ldd"},
        "07-hardening": {"HEALTHCHECK", "name", "run.sh", "compose.yaml", "container_name"},
        "11-pods": {
            "restartPolicy",
            "initContainers",
            "containers",
            "apply",
            "exec",
            "/usr/share/nginx/html/index.html",
            "curl",
            "emptyDir",
            "Always",
        },
        "13-services": {"apply", "gate.yaml"},
        "16b-resources": {"64Mi"},
        "17-statefulsets": {"nslookup", "1Mi", "piers.yaml"},
        "22-ingress": {"rest.yaml"},
        "23-three-tier": {"1Gi", "curl", "/etc/hosts"},
        "25-strategies": {"minAvailable"},
        "24-access": {"access.yaml"},
    },
    GIVEN: {
        "00-start": {"docker", "exit", "/var/run/docker.sock"},
        "02-layers": {"0B", "slow.Dockerfile", ".txt"},
        "05-compose": {"volumes", "first_visit", "test", "interval", "retries", "CMD", "version"},
        "05b-secrets": {"DATABASE_PASSWORD_FILE", "DATABASE_URL", "POSTGRES_PASSWORD_FILE", "_FILE", "cp", "postgres:15"},
        "06-multi-stage": {"/etc/passwd"},
        "06b-registry": {"ARG", "GOARCH", "GOOS", "OS/Arch", "TARGETARCH", "TARGETOS", "builder", "fog"},
        "07-hardening": {"python:latest", "urllib.request.urlopen", "/ready"},
        "09-orchestration": {"watch.py", "/storm"},
        "09b-rollout": {"watch.py", "harbour-hello:3"},
        "14-configuration": {"spec.template"},
        "15-storage": {"postgres-key", "password"},
        "16-namespaces": {"kubectl", "metadata.namespace"},
        "16b-resources": {"fed.yaml"},
        "17b-replication": {"exec", "redis-server"},
        "17-statefulsets": {"8080", "pvc", "persistentvolumeclaims", "/etc/resolv.conf"},
        "18-daemonsets": {"lookout.yaml", "LOGS"},
        "19-jobs": {"weigh.yaml", "weigh-again.yaml", "JOB_COMPLETION_INDEX", "env", "*/15", "1-5", "1,15"},
        "20-probes": {"program.yaml", "6379", "READY", "RESTARTS"},
        "23-three-tier": {"strategy.rollingUpdate"},
        "25-strategies": {"VERSION", "podAffinity", "podAntiAffinity", "berth", "taken"},
        "24-access": {
            "pod-security.kubernetes.io/MODE",
            "LEVEL",
            "privileged",
            "baseline",
            "audit",
            "warn",
            "Audit",
            "Warn",
            "Fail",
            "has(object.spec.paused)",
        },
        "26-network-policies": {"from", "role", "53", "k8s-app", "kube-dns", "kube-system", "kubernetes.io/metadata.name"},
    },
    RESULT: {
        "01-flask": {"requirements.txt"},
        "02-layers": {"requirements.txt", "waves.csv"},
        "03-volumes": {"FLASK_DEBUG", "/var/lib/postgresql/data"},
        "05b-secrets": {"POSTGRES_PASSWORD=", "database_password.txt"},
        "09b-rollout": {"http://localhost:8000/"},
        "09c-checkpoint-docker": {"/health", "/ready"},
        "13-services": {"/www/open", "0/1"},
        "14-configuration": {"channel-16"},
        "20-probes": {"http://localhost:8000/"},
        "23-three-tier": {"POSTGRES_PASSWORD"},
        "23c-checkpoint-kubernetes": {"http://api:8000/api/arrivals", "POSTGRES_PASSWORD"},
        "04-networks": {"POSTGRES_PASSWORD"},
        "06-multi-stage": {"/etc/ssl/certs/ca-certificates.crt"},
        "11-pods": {"/page", "/usr/share/nginx/html"},
        "17-statefulsets": {"app"},
        "22-ingress": {"80"},
        "24-access": {"/tmp", "runAsNonRoot", "kubernetes.io/metadata.name"},
    },
    MADE: {
        "06b-registry": {
            "berth-sign:2.1",
            "localhost:8066/berth-sign:1.0",
            "localhost:8066/berth-sign:2.0",
            "localhost:8066/berth-sign:2.1",
            "localhost:8066/berth-sign@sha256:…",
        },
        "09-orchestration": {"harbour-front:1"},
        "09b-rollout": {"harbour-hello:2"},
        "16-namespaces": {"http://web.lab-16-namespaces.svc.cluster.local/from-development"},
        "17-statefulsets": {"pier-3", "book-pier-0"},
        "18-daemonsets": {"/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log"},
        "22-ingress": {"https://harbour.example.com/"},
        "23-three-tier": {"http://myapp.example.com/", "http://backend:8000/api/visits"},
        "23c-checkpoint-kubernetes": {"arrivals.example.com/", "http://api:8000/health"},
    },
}


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_each_literal_of_a_task_is_expected_by_a_check(lab: Lab) -> None:
    excepted = {literal for labs in NOT_EXPECTED.values() for literal in labs.get(lab.id, ())}
    assert not set(_unexpected(lab)) - excepted, "expect it in a check, or say in NOT_EXPECTED why not"


def _unexpected(lab: Lab) -> Iterator[str]:
    """Yield the literals of a lab's tasks that neither its checks, its probes nor its scope hold."""
    texts = [*_constants(lab), *(_leaves([probe.options for probe in lab.probes])), *literals.in_scope(lab)]
    expected = "\n".join(texts)
    for literal in demanded(lab):
        # A path may be part of a longer one, or of a URL.
        if not (literal in expected if literal.startswith("/") else literals.names(expected, literal)):
            yield literal


def demanded(lab: Lab) -> set[str]:
    """Return the literals in the tasks of a lab; of `app=web` and `app: web`, both parts."""
    cells = notebook_file.read(lab.folder / "lab.ipynb")["cells"]
    tasks = (cell["source"] for cell in cells if "task" in cell["metadata"].get("tags", ()))
    named: set[str] = set()
    for quoted in (quoted for task in tasks for quoted in QUOTED.findall(CODE.sub("", task))):
        if pair := PAIR.fullmatch(quoted):
            named |= set(pair.groups())
        else:
            named.add(quoted)
    return {literal for literal in named if not SHOWN.search(literal)}


def _constants(lab: Lab) -> Iterator[str]:
    """Yield the texts and numbers in the module of a lab's checks, and in those of the labs and the vocabulary that it uses."""
    module = places(Settings()).module(lab.id)
    files = {module, *_imported(module)}
    files |= {path for file in list(files) if file.parent == module.parent for path in _imported(file)}
    for file in sorted(files):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        explaining = {id(node) for part in _explanations(tree) for node in ast.walk(part)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in explaining and not SENTENCE.search(str(node.value)):
                yield str(node.value)


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("checks.labs", "checks.vocabulary")):
            for name in (f"{node.module}.{alias.name}" for alias in node.names):
                spec = importlib.util.find_spec(name) if node.module in ("checks.labs", "checks.vocabulary") else None
                spec = spec or importlib.util.find_spec(str(node.module))
                if spec and spec.origin:
                    yield Path(spec.origin)


def _explanations(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what only explains: docstrings, and the title and the hints of each check."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            yield node.body[0]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            yield from (node.args[1:2])
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "hints")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list | tuple):
        yield from (leaf for part in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(part))
    else:
        yield str(value)
