"""The checks of lab 22: one entry point that routes by path and by host, catches the rest, and serves a certificate."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, ingress, ingress_tls
from checks.vocabulary.objects import exists, subject

DOOR, HOST, SECRET = "harbour", "harbour.example.com", "harbour-tls"
APPLY = "Apply the file again when you have changed it: `kubectl apply -f harbour.yaml`."


def door(snapshot: Snapshot) -> Json:
    """Return the Ingress harbour, which an earlier check has found."""
    return snapshot.require("Ingress", DOOR)


@check(
    "class-served",
    "The Ingress harbour has a class that a controller here serves",
    hints=[
        "`kubectl get ingressclass` shows the classes of this cluster, `kubectl get ingress` the class of yours.",
        "harbour.yaml comes from a cluster with another controller. Its `ingressClassName` names that one's class.",
        "`ingressClassName: contour` in harbour.yaml, then apply it.",
    ],
)
def class_served(snapshot: Snapshot) -> containers.Findings:
    yield from exists(snapshot, "Ingress", DOOR, APPLY)
    if snapshot.object("Ingress", DOOR):
        yield from ingress.classed(snapshot, door(snapshot), f"Use the class that `kubectl get ingressclass` shows. {APPLY}")


@check(
    "by-path",
    "harbour.example.com routes to the board, /tides and the paths below it to the tides",
    points=3,
    needs=["class-served"],
    hints=[
        "Ask as a visitor does, with `curl --header 'Host: …'`, for each of the three paths, and see who answers.",
        "`pathType` says what a path matches. Exact is only that path; Prefix is that path and all below it.",
        "In harbour.yaml, below `path: /tides`: `pathType: Prefix`.",
    ],
)
def by_path(snapshot: Snapshot) -> containers.Findings:
    yield from containers.first(
        ingress.leads(snapshot, "board", "board", "Harbour board", APPLY, "tls-board"),
        ingress.leads(snapshot, "tides", "tides", "Tides today", APPLY, "tls-tides"),
        ingress.leads(snapshot, "tomorrow", "tides", "Tides tomorrow", APPLY, "tls-tomorrow"),
    )


@check(
    "by-host",
    "quay.example.com routes to the quay",
    hints=[
        "A rule is for one host. A second host is a second rule, in the same Ingress or in another one.",
        "Copy the rule for harbour.example.com; host, Service and path are what differs.",
        "`- host: quay.example.com` with the path `/` (Prefix) to the Service `quay`, port 80.",
    ],
)
def by_host(snapshot: Snapshot) -> containers.Findings:
    hint = "A rule for the host quay.example.com that routes `/` to the Service quay, port 80."
    yield from ingress.leads(snapshot, "quay", "quay", "Quay 7", hint)


@check(
    "the-rest",
    "A request for an unknown host is answered by the harbour master",
    hints=[
        "`kubectl explain ingress.spec` lists the fields of an Ingress other than its rules.",
        "`defaultBackend` is where everything goes that no rule takes. A rule without `host` does nearly the same.",
        "In `spec` of one of your Ingresses: `defaultBackend: {service: {name: lost, port: {number: 80}}}`",
    ],
)
def the_rest(snapshot: Snapshot) -> containers.Findings:
    hint = "A `defaultBackend` that routes to the Service lost, port 80."
    yield from ingress.leads(snapshot, "nobody", "lost", "nobody of that name", hint, status=404)


@check(
    "certificate",
    "harbour.example.com serves its own certificate",
    points=3,
    needs=["class-served"],
    hints=[
        "Two things are needed: a Secret with certificate and key, and a line in the Ingress that says for which host it is.",
        "`kubectl create secret tls` creates the Secret. In the Ingress: `tls`, with `hosts` and `secretName`.",
        "`openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout harbour.key -out harbour.crt "
        "-subj /CN=harbour.example.com -addext subjectAltName=DNS:harbour.example.com`, then "
        "`kubectl create secret tls harbour-tls --cert=harbour.crt --key=harbour.key`. If there is one of that name, first "
        "`kubectl delete secret harbour-tls`.",
    ],
)
def certificate(snapshot: Snapshot) -> containers.Findings:
    hint = "A Secret `harbour-tls` of the type kubernetes.io/tls, and in harbour.yaml `tls` with this host and that name."
    yield from containers.first(
        ingress_tls.certified(snapshot, "tls-board", HOST, door(snapshot), hint), _from_its_secret(snapshot, hint)
    )


def _from_its_secret(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the certificate comes from the Secret that the task names."""
    names = ingress_tls.secret_of(door(snapshot), HOST)
    if SECRET not in names:
        message = f"The certificate for {HOST} comes from the Secret {', '.join(names) or 'of another host'}, not from {SECRET}."
        yield Finding(message, subject(door(snapshot)), "spec.tls[].secretName", SECRET, names, hint=hint)


@check(
    "to-tls",
    "HTTP requests to harbour.example.com are redirected to HTTPS",
    needs=["certificate"],
    hints=[
        "`curl --head` shows the status and where an answer redirects to. Which annotations does harbour.yaml have?",
        "What an annotation means is decided by the controller that reads it. Contour's documentation has a page on them.",
        '`ingress.kubernetes.io/force-ssl-redirect: "true"` under `annotations` in harbour.yaml.',
    ],
)
def to_tls(snapshot: Snapshot) -> containers.Findings:
    hint = 'Contour\'s own annotation is `ingress.kubernetes.io/force-ssl-redirect`, with the text "true".'
    yield from ingress_tls.redirected(snapshot, "board", door(snapshot), hint)
