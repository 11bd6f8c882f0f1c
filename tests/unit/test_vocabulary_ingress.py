"""Which requests a line of an Ingress takes, whose an Ingress is, and what is said of a certificate."""

import pytest

from checks.snapshot import Json, Snapshot
from checks.vocabulary.ingress import Rule, classed, to_tls
from checks.vocabulary.ingress_tls import certified, redirected

CLASSES = {"contour": {"metadata": {"name": "contour"}}}
DEFAULT = {"contour": {"metadata": {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}}}
HOST = "harbour.example.com"


def ingress(annotations: Json | None = None, **spec: object) -> Json:
    return {"kind": "Ingress", "metadata": {"name": "harbour", "annotations": annotations or {}}, "spec": spec}


def snapshot(classes: Json | None = None, **probes: Json) -> Snapshot:
    objects = {"IngressClass": classes or CLASSES, "Secret": {}}
    return Snapshot(lab="22-ingress", taken="2026-11-25T04:00:00Z", objects=objects, probes=probes)


@pytest.mark.parametrize(
    ("kind", "path", "asked", "takes"),
    [
        ("Exact", "/tides", "/tides", True),
        ("Exact", "/tides", "/tides/", False),
        ("Prefix", "/tides", "/tides", True),
        ("Prefix", "/tides/", "/tides", True),
        ("Prefix", "/tides", "/tides/tomorrow", True),
        ("Prefix", "/tides", "/tidesmen", False),
        ("Prefix", "/", "/anything", True),
        ("ImplementationSpecific", "/tides", "/tidesmen", True),
    ],
)
def test_a_rule_takes_what_its_path_type_says(kind: str, path: str, asked: str, takes: bool) -> None:
    assert Rule({}, HOST, path, kind, "tides", "80").takes(asked) is takes


def test_an_ingress_is_served_by_name_by_the_old_annotation_or_by_default() -> None:
    assert not list(classed(snapshot(), ingress(ingressClassName="contour"), ""))
    assert not list(classed(snapshot(), ingress({"kubernetes.io/ingress.class": "contour"}), ""))
    assert not list(classed(snapshot(DEFAULT), ingress(), ""))
    [finding] = classed(snapshot(DEFAULT), ingress(ingressClassName="nginx"), "")
    assert (finding.expected, finding.observed) == (["contour"], "nginx")
    [finding] = classed(snapshot(), ingress(), "")
    assert "names no class, and no controller" in finding.message


def shown(**about: object) -> Json:
    return {"error": "", "certificate": {"fault": "", "names": [], "subject": "", **about}}


def test_a_certificate_may_name_the_host_or_all_of_its_domain() -> None:
    for names in ([HOST], ["www.example.com", "*.example.com"]):
        assert not list(certified(snapshot(tls=shown(names=names)), "tls", HOST, ingress(), ""))
    [finding] = certified(snapshot(tls=shown(names=["*.harbour.example.com"])), "tls", HOST, ingress(), "")
    assert "is for *.harbour.example.com" in finding.message
    [finding] = certified(snapshot(tls=shown(fault="certificate has expired")), "tls", HOST, ingress(), "")
    assert "is not valid: certificate has expired" in finding.message


def test_a_host_that_is_not_under_hosts_is_named() -> None:
    tls = [{"hosts": ["port.example.com"], "secretName": "harbour-tls"}]
    probe = {"error": "closed", "certificate": {}}
    [finding] = certified(snapshot(tls=probe), "tls", HOST, ingress(tls=tls), "")
    assert finding.why == "Its `tls` is for port.example.com: list harbour.example.com under `hosts`."


@pytest.mark.parametrize(
    ("location", "leads"),
    [(f"https://{HOST}/", True), (f"https://{HOST}:8643/", True), (f"http://{HOST}/", False), ("https://other.example/", False)],
)
def test_a_redirect_leads_to_the_same_host_over_tls(location: str, leads: bool) -> None:
    probe = {"request": f"GET http://{HOST}/", "ok": True, "status": 301, "headers": {"Location": location}}
    assert to_tls(probe) is leads
    assert list(redirected(snapshot(board=probe), "board", ingress(), "")) is not leads
