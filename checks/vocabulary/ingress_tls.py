"""The certificates that Ingresses serve, and their redirects to HTTPS.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.ingress import REDIRECTS, just_changed, redirects, to_tls
from checks.vocabulary.objects import name_of, subject

CONTROLLERS = {"nginx.ingress.kubernetes.io/": "ingress-nginx", "traefik.ingress.kubernetes.io/": "Traefik"}


def certified(snapshot: Snapshot, probe_id: str, host: str, ingress: Json, hint: str) -> Findings:
    """Yield a finding unless the certificate served for the host names it and is valid now. The probe is an `ingress_tls`.

    Example:
        yield from ingress_tls.certified(snapshot, "tls", "harbour.example.com", harbour, "`kubectl create secret tls`")
        # The Ingress controller has no certificate for harbour.example.com.
    """
    probe, where = snapshot.probe(probe_id), subject(ingress)
    shown = probe.get("certificate") or {}
    if not shown:
        message = f"The Ingress controller has no certificate for {host}."
        reasons = " ".join(_why_bare(snapshot, host, ingress))
        why = reasons or "The controller has not loaded it yet, or cannot: do the certificate and the key match?"
        waiting = not reasons and just_changed(snapshot)
        yield Finding(message, where, "spec.tls", f"a certificate for {host}", probe["error"], why, hint, waiting=waiting)
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
    """Yield why no certificate is shown: no tls entry, one for other hosts, no such Secret, a Secret of another type."""
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
        yield from ingress_tls.redirected(snapshot, "plain", harbour, "Contour has an annotation for it.")
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
    waiting = redirects(ingress) and just_changed(snapshot)
    yield Finding(message, subject(ingress), "metadata.annotations", "a redirect to HTTPS", observed, why, hint, waiting=waiting)


def secret_of(ingress: Json, host: str) -> list[str]:
    """Return the names of the Secrets from which the Ingress takes the certificate for a host.

    Example:
        ingress_tls.secret_of({"spec": {"tls": [{"hosts": ["a.example.com"], "secretName": "a-tls"}]}}, "a.example.com")
        # ['a-tls']
    """
    entries = (ingress.get("spec") or {}).get("tls") or ()
    return [
        str(entry.get("secretName", "")) for entry in entries if any(_covers(name, host) for name in entry.get("hosts") or ())
    ]
