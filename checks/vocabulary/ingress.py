"""Ingresses: their classes, routes, certificates and redirects.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import HAPPENED, name_of, subject
from checks.vocabulary.services import addresses

OLD_CLASS = "kubernetes.io/ingress.class"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
CONTROLLERS = {"nginx.ingress.kubernetes.io/": "ingress-nginx", "traefik.ingress.kubernetes.io/": "Traefik"}
# Contour's own annotation.
REDIRECT = "ingress.kubernetes.io/force-ssl-redirect"
REDIRECTS = (301, 302, 307, 308)


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
    default = [name for name, each in classes.items() if (each["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"]
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
        leading = (rule for rule in rules(snapshot) if rule.service == service and _redirects(rule.ingress))
        whole = f" {subject(found.ingress)} redirects all of its rules." if (found := next(leading, None)) else ""
        reasons = (
            f"HTTP requests for {host} are redirected to HTTPS.{whole} A rule that must not redirect needs an Ingress of its own."
        )
    # Everything is in place: it takes the controller a moment to configure its proxy.
    why, waiting = reasons or "The rules are right; the controller has not configured its proxy yet.", not reasons
    if not probe["ok"]:
        said = HAPPENED.get(probe["error"], probe["error"])
        yield Finding(f"{request} gets no answer: {said}.", where, request, contains, probe["error"], why, hint, waiting)
        return
    message = f"{request} returns status {probe['status']}, but not from {service}."
    observed = probe["body"][:300].strip() or f"status {probe['status']}"
    yield Finding(message, where, request, contains, observed, why, hint, waiting)


def _asked(request: str) -> tuple[str, str]:
    """Host and path of a request such as "GET http://web.example.com/a"."""
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
    """Why a request does not come to a Service: class, host, path, backend, Pods."""
    there = list(snapshot.of_kind("Ingress").values())
    if not there:
        yield "There is no Ingress yet."
        return
    yield from (found.message for each in there for found in classed(snapshot, each, ""))
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
    yield from _backends(snapshot, fitting[0])


def _backends(snapshot: Snapshot, rule: Rule) -> Iterator[str]:
    found = snapshot.object("Service", rule.service)
    if found is None:
        yield f"The route names the Service {rule.service}, which does not exist."
        return
    ports = [port for port in found["spec"].get("ports") or () if rule.port in (str(port.get("port")), port.get("name"))]
    if not ports:
        numbers = ", ".join(str(port.get("port")) for port in found["spec"].get("ports") or ())
        yield f"The route names port {rule.port} of the Service {rule.service}, which has only {numbers or 'none'}."
    elif not addresses(snapshot, found):
        yield f"The Service {rule.service} has no ready Pod."


def _said(lines: list[Rule]) -> str:
    return "; ".join(str(line) for line in lines) or "nothing"


def certified(snapshot: Snapshot, probe_id: str, host: str, ingress: Json, hint: str) -> Findings:
    """Yield a finding unless the certificate served for the host names it and is valid now. The probe is an `ingress_tls`.

    Example:
        yield from ingress.certified(snapshot, "tls", "harbour.example.com", harbour, "`kubectl create secret tls`")
        # The Ingress controller has no certificate for harbour.example.com.
    """
    probe, where = snapshot.probe(probe_id), subject(ingress)
    shown = probe.get("certificate") or {}
    if not shown:
        message = f"The Ingress controller has no certificate for {host}."
        reasons = " ".join(_why_bare(snapshot, host, ingress))
        why = reasons or "The controller has not loaded it yet, or cannot: do the certificate and the key match?"
        yield Finding(message, where, "spec.tls", f"a certificate for {host}", probe["error"], why, hint, waiting=not reasons)
    elif shown["fault"]:
        message = f"The certificate served for {host} is not valid: {shown['fault']}."
        yield Finding(message, where, "the certificate", "valid now", shown["fault"], hint=hint)
    elif not any(_covers(name, host) for name in shown["names"]):
        why = "Its subject names the host, but browsers check only subjectAltName." if host in shown["subject"] else ""
        message = f"The certificate served for {host} is for {', '.join(shown['names']) or 'no host name'}."
        observed = shown["names"] or shown["subject"]
        yield Finding(message, where, "the certificate's subjectAltName", host, observed, why, hint)


def _covers(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and name[2:] == host.partition(".")[2])


def _why_bare(snapshot: Snapshot, host: str, ingress: Json) -> Iterator[str]:
    """Why no certificate is shown: no tls entry, one for other hosts, no such Secret, a Secret of another type."""
    entries = (ingress.get("spec") or {}).get("tls") or []
    if not entries:
        yield f"The Ingress {name_of(ingress)} has no `tls`."
        return
    ours = [entry for entry in entries if host in (entry.get("hosts") or ())]
    if not ours:
        named = ", ".join(name for entry in entries for name in entry.get("hosts") or ()) or "no host"
        yield f"Its `tls` is for {named}: list {host} under `hosts`."
    for name in (entry.get("secretName", "") for entry in ours):
        secret = snapshot.object("Secret", name)
        if secret is None:
            others = ", ".join(sorted(snapshot.of_kind("Secret"))) or "none"
            yield f"The Secret {name or 'without a name'} does not exist in this namespace; there is: {others}."
        elif secret.get("type") != "kubernetes.io/tls":
            yield f"The Secret {name} has the type {secret.get('type')}, not kubernetes.io/tls."


def redirected(snapshot: Snapshot, probe_id: str, ingress: Json, hint: str) -> Findings:
    """Yield a finding unless an HTTP request is redirected to HTTPS; waiting if the Ingress already asks for that.

    Example:
        yield from ingress.redirected(snapshot, "plain", harbour, "Contour has an annotation for it.")
        # GET http://harbour.example.com/ is not redirected to HTTPS: status 200.
    """
    probe = snapshot.probe(probe_id)
    if probe["ok"] and probe["status"] in REDIRECTS and to_tls(probe):
        return
    annotations = ingress["metadata"].get("annotations") or {}
    foreign = [key for key in annotations if key.startswith(tuple(CONTROLLERS))]
    whose = {CONTROLLERS[prefix] for key in foreign for prefix in CONTROLLERS if key.startswith(prefix)}
    why = f"{', '.join(foreign)} is read only by {', '.join(sorted(whose))}; Contour ignores it." if foreign else ""
    observed = f"status {probe['status']}" if probe["ok"] else probe["error"]
    message = f"{probe['request']} is not redirected to HTTPS: {observed}."
    told = _redirects(ingress)
    yield Finding(message, subject(ingress), "metadata.annotations", "a redirect to HTTPS", observed, why, hint, waiting=told)


def _redirects(ingress: Json) -> bool:
    """Whether the Ingress asks Contour to lead all of its rules on to TLS."""
    return (ingress["metadata"].get("annotations") or {}).get(REDIRECT) == "true"
