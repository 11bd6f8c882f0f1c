"""Ingresses: their classes and their routes.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import HAPPENED, changed, name_of, subject
from checks.vocabulary.services import addresses

OLD_CLASS = "kubernetes.io/ingress.class"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
# Contour's own annotation.
REDIRECT = "ingress.kubernetes.io/force-ssl-redirect"
REDIRECTS = (301, 302, 307, 308)
MOMENT = "The rules are right; the controller configures its proxy within moments of a change."
UNEXPLAINED = "The rules are right, and nothing was changed lately. `kubectl describe ingress` shows what the controller says."
# How long the controller may take to configure its proxy after a change, in seconds.
TAKEN_UP = 20.0
# The kinds of objects that the controller reads.
READ = ("Ingress", "Service", "EndpointSlice", "Secret")


@dataclass(frozen=True)
class Rule:
    """One rule of an Ingress: the Service for a host (empty: any) and a path. An empty Service: another kind of backend."""

    ingress: Json
    host: str
    path: str
    kind: str
    service: str
    port: str

    def takes(self, path: str) -> bool:
        """Tell whether the rule matches the path of a request."""
        if self.kind == "Exact":
            return path == self.path
        if self.kind == "Prefix":
            own = self.path.rstrip("/")
            return path == own or path.startswith(f"{own}/")
        return path.startswith(self.path)

    def __str__(self) -> str:
        return f"{self.host or 'any host'} {self.path} ({self.kind}) to {self.service}:{self.port}"


def rules(snapshot: Snapshot) -> list[Rule]:
    """Return the rules of all Ingresses that a controller of the cluster serves.

    Example:
        [str(rule) for rule in ingress.rules(snapshot)]
        # ['web.example.com / (Prefix) to web:80']
    """
    served = (item for item in snapshot.of_kind("Ingress").values() if not any(classed(snapshot, item, "")))
    return [rule for item in served for rule in _rules(item)]


def routes(snapshot: Snapshot) -> list[Rule]:
    """Return the rules of all Ingresses, also of those whose class no controller serves.

    Example:
        [str(rule) for rule in ingress.routes(snapshot)]
        # ['myapp.example.com /api (Exact) to backend:80']
    """
    return [rule for item in snapshot.of_kind("Ingress").values() for rule in _rules(item)]


def _rules(ingress: Json) -> Iterator[Rule]:
    spec = ingress.get("spec") or {}
    if spec.get("defaultBackend"):
        yield Rule(ingress, "", "/", "Prefix", *_backend(spec["defaultBackend"]))
    for rule in spec.get("rules") or ():
        for line in (rule.get("http") or {}).get("paths") or ():
            kind, backend = line.get("pathType", "Prefix"), line.get("backend") or {}
            yield Rule(ingress, rule.get("host", ""), line.get("path") or "/", kind, *_backend(backend))


def _backend(backend: Json) -> tuple[str, str]:
    service = backend.get("service") or {}
    port = service.get("port") or {}
    return str(service.get("name", "")), str(port.get("number") or port.get("name") or "")


def classed(snapshot: Snapshot, ingress: Json, hint: str) -> Findings:
    """Yield a finding unless a controller of the cluster serves the class of the Ingress.

    Example:
        yield from ingress.classed(snapshot, harbour, "`kubectl get ingressclass` lists the classes.")
        # The Ingress harbour names no class, and no controller here serves it.
    """
    about, classes = ingress["metadata"], snapshot.of_kind("IngressClass")
    default = [name for name, item in classes.items() if (item["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"]
    named = (ingress.get("spec") or {}).get("ingressClassName") or (about.get("annotations") or {}).get(OLD_CLASS)
    if named in classes or (not named and default):
        return
    message = (
        f"The Ingress {name_of(ingress)} names {f'the class {named}' if named else 'no class'}, and no controller here serves it."
    )
    why = "A controller serves the Ingresses of its own class and silently ignores all others."
    yield Finding(message, subject(ingress), "spec.ingressClassName", sorted(classes), named or "nothing", why, hint)


def leads(
    snapshot: Snapshot, probe_id: str, service: str, contains: str, hint: str, tls_probe: str = "", status: int = 200
) -> Findings:
    """Yield a finding unless a request through the Ingress gets this status and an answer of the Service.

    If the request is redirected to HTTPS, the answer of `tls_probe` counts.

    Example:
        yield from ingress.leads(snapshot, "map", "map", "The map", "`kubectl describe ingress harbour`", tls_probe="map-tls")
        # GET http://harbour.example.com/map returns status 404, but not from map.
    """
    probe = snapshot.probe(probe_id)
    led_on = bool(tls_probe and probe["ok"] and probe["status"] in REDIRECTS and to_tls(probe))
    if led_on:
        probe = snapshot.probe(tls_probe)
    request, where = probe["request"], f"service/{service}"
    if probe["ok"] and probe["status"] == status and contains in probe["body"]:
        return
    host, path = _asked(request)
    reasons = " ".join(_why(snapshot, host, path, service))
    if led_on and not probe["ok"]:
        reasons = f"HTTP redirects to HTTPS, where no server answers for {host}. {reasons}".strip()
    elif not led_on and probe["ok"] and probe["status"] in REDIRECTS and to_tls(probe):
        leading = (rule for rule in rules(snapshot) if rule.service == service and redirects(rule.ingress))
        whole = f" {subject(redirecting.ingress)} redirects all of its rules." if (redirecting := next(leading, None)) else ""
        reasons = f"HTTP requests for {host} are redirected to HTTPS.{whole} A rule that must not redirect needs its own Ingress."
    # Everything is in place: it takes the controller a moment to configure its proxy.
    waiting = not reasons and just_changed(snapshot)
    why = reasons or (MOMENT if waiting else UNEXPLAINED)
    if not probe["ok"]:
        happened = HAPPENED.get(probe["error"], probe["error"])
        yield Finding(f"{request} gets no answer: {happened}.", where, request, contains, probe["error"], why, hint, waiting)
        return
    message = f"{request} returns status {probe['status']}, but not from {service}."
    observed = probe["body"][:300].strip() or f"status {probe['status']}"
    yield Finding(message, where, request, contains, observed, why, hint, waiting)


def just_changed(snapshot: Snapshot) -> bool:
    """Tell whether something that the controller reads was changed so recently that it may not have taken it up yet.

    Example:
        waiting = ingress.just_changed(snapshot)
    """
    items = [item for kind in READ for item in snapshot.objects.get(kind, {}).values()]
    return any(ago(changed(item), snapshot.taken) < TAKEN_UP for item in items)


def _asked(request: str) -> tuple[str, str]:
    """Return host and path of a request such as "GET http://web.example.com/a"."""
    host, slash, path = request.partition("://")[2].partition("/")
    return host, f"{slash}{path}" or "/"


def to_tls(probe: Json) -> bool:
    """Tell whether an answer redirects to the same host over HTTPS.

    Example:
        ingress.to_tls({"request": "GET http://a.example.com/", "headers": {"Location": "https://a.example.com/"}})
        # True
    """
    headers = {key.lower(): value for key, value in (probe.get("headers") or {}).items()}
    return str(headers.get("location", "")).startswith(f"https://{_asked(probe['request'])[0]}")


def _why(snapshot: Snapshot, host: str, path: str, service: str) -> Iterator[str]:
    """Yield why a request does not come to a Service: class, host, path, backend, Pods."""
    there = list(snapshot.of_kind("Ingress").values())
    if not there:
        yield "There is no Ingress yet."
        return
    yield from (finding.message for item in there for finding in classed(snapshot, item, ""))
    ours = [rule for rule in rules(snapshot) if rule.service == service]
    if not ours:
        yield f"No Ingress that is served routes to the Service {service}. Its routes: {_said(rules(snapshot))}."
        return
    hosts = [rule for rule in ours if rule.host in (host, "")]
    if not hosts:
        yield f"There is a route to {service}, but for another host: {_said(ours)}."
        return
    if not (fitting := [rule for rule in hosts if rule.takes(path)]):
        yield f"There is a route to {service}, but not for {path}: {_said(hosts)}."
        if any(rule.kind == "Exact" for rule in hosts):
            yield "Exact matches only this path, not the paths below it."
        return
    longest = max(fitting, key=lambda rule: len(rule.path))
    if rival := _rival(snapshot, longest, host, path):
        yield f"{subject(rival.ingress)} has a rule for the same requests: {rival}. Only one of the two can win."
        return
    yield from _backends(snapshot, longest)


def _rival(snapshot: Snapshot, rule: Rule, host: str, path: str) -> Rule | None:
    """Return a rule to another Service that takes the request at least as well as this one; None if there is none."""
    others = [other for other in rules(snapshot) if other.service != rule.service and other.takes(path)]
    same_host = [other for other in others if other.host == host or not rule.host and not other.host]
    return next((other for other in same_host if not rule.host and other.host or len(other.path) >= len(rule.path)), None)


def _backends(snapshot: Snapshot, rule: Rule) -> Iterator[str]:
    service = snapshot.object("Service", rule.service)
    if service is None:
        yield f"The route names the Service {rule.service}, which does not exist."
        return
    ports = [port for port in service["spec"].get("ports") or () if rule.port in (str(port.get("port")), port.get("name"))]
    if not ports:
        numbers = ", ".join(str(port.get("port")) for port in service["spec"].get("ports") or ())
        yield f"The route names port {rule.port} of the Service {rule.service}, which has only {numbers or 'none'}."
    elif not addresses(snapshot, service):
        yield f"The Service {rule.service} has no ready Pod."


def _said(lines: list[Rule]) -> str:
    return "; ".join(str(line) for line in lines) or "nothing"


def redirects(ingress: Json) -> bool:
    """Tell whether the Ingress asks Contour to redirect the requests of all of its rules to HTTPS.

    Example:
        ingress.redirects({"metadata": {"annotations": {"ingress.kubernetes.io/force-ssl-redirect": "true"}}})
        # True
    """
    return (ingress["metadata"].get("annotations") or {}).get(REDIRECT) == "true"
