"""The live picture: all that is there, in Mermaid and in text, whatever it is called."""

import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import render_cases as cases
from recorded import state

from checks import catalog
from checks.render import draw
from checks.snapshot import Snapshot

NAMES = ['a"b]', "end", "1. list"]
NAMES += ["%%{init: {}}%%", "`md`", "שלום", "容器", "x|y{z}", "a\nb", "<script>", "#35;", "$$x$$", "\\n"]
NODE = re.compile(r'  [nr]\d+(\(\["|\["|\{\{"|\[\("|\[\[")[^"\n]*("\]\)|"\]|"\}\}|"\)\]|"\]\]):::[a-z]+')
EDGE = re.compile(r'  n\d+ (-->|---|-\.->|-\.-)(\|"[^"\n]*"\|)? n\d+')


def named(name: str) -> Snapshot:
    """A snapshot in which everything is called `name`."""
    seen = deepcopy(cases.snapshot("one"))
    (container,) = seen.objects["container"].values()
    container["Name"] = f"/{name}"
    container["NetworkSettings"]["Networks"] = {name: {}}
    container["Mounts"] = [{"Type": "bind", "Source": f"/a/b/{name}", "Destination": f"/{name}"}]
    return replace(seen, objects={**seen.objects, "container": {name: container}, "volume": {name: {}}})


@pytest.mark.parametrize("seen", [*map(named, NAMES), *map(cases.snapshot, ("one", "states", "compose", "empty"))])
def test_every_line_is_a_node_or_an_edge_whatever_the_names_hold(seen: Snapshot) -> None:
    first, title, description, *rest = draw.mermaid(seen, cases.LAB).splitlines()
    assert first == "flowchart LR" and title.startswith("  accTitle: ") and description.startswith("  accDescr: ")
    assert not re.search(r'[#;{}<>"]', title.partition(":")[2] + description.partition(":")[2])
    for line in rest:
        assert NODE.fullmatch(line) or EDGE.fullmatch(line) or re.match(r"  classDef [a-z]+ [a-z]", line), line


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("hungry", "exited with code 137, out of memory"),
        ("paused", "paused"),
        ("ill", "running, unhealthy"),
        ("young", "running, health check starting"),
        ("labels", "created, not started"),
        ("colours", "exited with code 0"),
    ],
)
def test_states_are_words_in_picture_and_text(state: str, said: str) -> None:
    seen = cases.snapshot("states")
    assert f'container<br/>slipway-render-{state}<br/>{said}"' in draw.mermaid(seen, cases.LAB)
    assert f"- Container slipway-render-{state}, {said};" in draw.describe(seen, cases.LAB)


def test_a_compose_project_shows_ports_networks_volumes_folders_and_images() -> None:
    said = draw.describe(cases.snapshot("compose"), cases.LAB)
    for part in (
        "port 18755 on 127.0.0.1 on this machine forwards to its port 8000",
        "on network slipway-render-shop_back",
        "mounts volume slipway-render-shop_data at /data",
        "/page at /srv, read only",
        "created from image python:3.11-slim",
        "Network slipway-render-shop_back, internal, without access to other networks; used by",
        "Volume slipway-render-spare, no container uses it",
    ):
        assert part in said


def both(name: str) -> tuple[str, str]:
    """A recorded snapshot as picture and as text; in the picture the lines of a label are joined by commas."""
    seen = cases.snapshot(name)
    return draw.mermaid(seen, cases.LAB).replace("<br/>", ", "), draw.describe(seen, cases.LAB)


def test_five_places_to_write_are_told_apart_and_what_each_keeps() -> None:
    picture, text = both("storage")
    for said in (
        "slipway-render-kept, kept when its containers are removed",
        "…, anonymous volume",
        "emptied when the container stops",
        "/etc/issue deleted, /srv/1.txt, /srv/2.txt, and 3 more, removed with the container",
        "on this machine",
    ):
        assert said in picture and said in text
    assert "mounts memory (tmpfs) at /scratch" in text and "at /folder, read only, on this machine" in text
    assert "to its writable layer: /etc/issue deleted" in text


def test_a_volume_that_no_container_uses_is_there_all_the_same() -> None:
    picture, text = both("storage")
    said = "slipway-render-spare, no container uses it"
    assert f'[("volume, {said}")]:::still' in picture
    assert f"- Volume {said}\n" in text


def test_a_writable_layer_shows_no_folder_that_a_mount_stands_on() -> None:
    seen = cases.snapshot("storage")
    (container,) = seen.objects["container"].values()
    assert {"/kept", "/folder", "/srv"} < container["Layer"].keys()
    container["Layer"] = {"/kept": "added", "/folder": "added", "/srv": "changed", "/srv/kept": "added"}
    assert "writable layer: /srv/kept, removed with the container" in draw.describe(seen, cases.LAB)
    container["Layer"] = {"/kept": "added"}
    assert "writable layer: nothing written, removed with the container" in draw.describe(seen, cases.LAB)
    del container["Layer"]
    assert "writable layer" not in draw.describe(seen, cases.LAB) + draw.mermaid(seen, cases.LAB)


def test_a_network_of_ones_own_gives_names_and_the_default_one_gives_none() -> None:
    picture, text = both("names")
    assert '-->|"database, slipway-render-named"|' in picture
    assert "on network slipway-render-net as database, slipway-render-named;" in text
    machine = "host, shares the addresses and ports of this machine"
    for said in ("bridge (the default network), no name resolution", machine):
        assert said in text and said in picture
    assert "- Container slipway-render-plain, running; on network bridge (the default network); created" in text


def test_a_container_that_is_down_is_found_under_no_name() -> None:
    seen = cases.snapshot("names")
    seen.objects["container"]["slipway-render-named"]["State"].update(Running=False, Status="exited")
    assert "on network slipway-render-net;" in draw.describe(seen, cases.LAB)


def test_a_port_of_a_stopped_container_is_declared_but_closed() -> None:
    seen = deepcopy(cases.snapshot("one"))
    seen.objects["container"]["slipway-render-web"]["NetworkSettings"]["Ports"] = {}
    assert '-.->|"8000, closed now"|' in draw.mermaid(seen, cases.LAB)
    assert "port 18751 on this machine forwards to its port 8000 (closed now)" in draw.describe(seen, cases.LAB)


def test_an_empty_lab_says_that_nothing_is_there_yet() -> None:
    for text in (draw.mermaid(cases.snapshot("empty"), cases.LAB), draw.describe(cases.snapshot("empty"), cases.LAB)):
        assert "Nothing exists yet" in text


def test_what_could_not_be_looked_at_is_said_and_not_called_nothing() -> None:
    seen = Snapshot("00-render", "2026-01-01T00:00:00Z", errors={"container": "no engine answers"})
    for text in (draw.mermaid(seen, cases.LAB), draw.describe(seen, cases.LAB)):
        assert "containers could not be collected: no engine answers" in text and "Nothing exists" not in text


def test_a_crowd_is_cut_and_counted() -> None:
    seen = cases.snapshot("one")
    (one,) = seen.objects["container"].values()
    many = {f"c{number:03}": {**one, "Name": f"/c{number:03}"} for number in range(100)}
    picture = draw.mermaid(replace(seen, objects={**seen.objects, "container": many}), cases.LAB)
    assert picture.count("container<br/>") == 24 and "76 more containers are not shown." in picture


def ingress(**spec: Any) -> Snapshot:
    """A cluster with the Services web and api behind an Ingress."""
    about = {"namespace": "lab-92"}
    services = {name: {"kind": "Service", "metadata": {"name": name, **about}, "spec": {}} for name in ("web", "api")}
    gate = {"kind": "Ingress", "metadata": {"name": "gate", **about}, "spec": spec}
    objects = {"Service": services, "EndpointSlice": {}, "Ingress": {"gate": gate}}
    scope = {"namespaces": ["lab-92"], "cluster": [], "kinds": []}
    return Snapshot("00-render", "2026-01-01T00:00:00Z", objects=objects, scope=scope)


def backend(name: str) -> dict[str, Any]:
    return {"service": {"name": name, "port": {"number": 80}}}


def test_an_ingress_leads_by_host_and_path_to_services() -> None:
    paths = [{"path": "/api", "backend": backend("api")}, {"path": "/", "backend": backend("gone")}]
    rules = [{"host": "harbour.example", "http": {"paths": paths}}, {"host": "empty.example"}]
    tls = [{"hosts": ["harbour.example"], "secretName": "harbour-tls"}]
    seen = ingress(ingressClassName="contour", rules=rules, tls=tls, defaultBackend=backend("web"))
    picture, text = draw.mermaid(seen, cases.LAB), draw.describe(seen, cases.LAB)
    assert (
        "- Ingress gate, class contour, TLS for harbour.example; default backend routes to web; harbour.example/api routes to api; "
        "harbour.example/ routes to gone\n"
    ) in text
    assert "- Service gone, this Service does not exist; has no ready Pods\n" in text
    assert '-->|"harbour.example/api"|' in picture and '-.->|"harbour.example/, closed now"|' in picture
    assert '{{"ingress<br/>gate<br/>class contour<br/>TLS for harbour.example"}}:::port' in picture


@pytest.mark.parametrize("spec", [{}, {"rules": None}, {"rules": [{"http": None}, {"http": {"paths": None}}]}])
def test_an_ingress_without_rules_leads_nowhere(spec: dict[str, Any]) -> None:
    assert "- Ingress gate, no class; has no routes\n" in draw.describe(ingress(**spec), cases.LAB)


def test_a_box_has_room_for_its_title_and_what_has_no_box_needs_none() -> None:
    seen = ingress()
    pod = {"kind": "Pod", "metadata": {"name": "web", "namespace": "lab-92"}, "spec": {"nodeName": "worker"}}
    node = {"kind": "Node", "metadata": {"name": "worker"}}
    boxed = replace(seen, objects={**seen.objects, "Pod": {"web": pod}, "Node": {"worker": node}})
    first, second, *_ = draw.mermaid(boxed, cases.LAB).splitlines()
    assert "subGraphTitleMargin" in first and second == "flowchart LR"
    assert draw.mermaid(seen, cases.LAB).startswith("flowchart LR\n")


def test_each_node_has_its_own_folder_and_a_daemon_set_its_pods() -> None:
    """The lab's collector reads /var/log/pods on three nodes: three folders, not one that all of them share."""
    lab = catalog.find("18-daemonsets")
    seen = state(lab.id, "solved")
    picture, text = draw.mermaid(seen, lab), draw.describe(seen, lab)
    assert picture.count("folder<br/>/var/log/pods<br/>on this node") == 3
    boxes = re.findall(r"^  subgraph (.*?)^  end$", picture, re.MULTILINE | re.DOTALL)
    assert [box.count("/var/log/pods<br/>") for box in boxes] == [1, 1, 1]
    assert "DaemonSet<br/>collector<br/>ready on 3 of 3 nodes" in picture
    assert "- DaemonSet collector, ready on 3 of 3 nodes; runs collector-00001, collector-00002, collector-00003\n" in text
    untouched = state(lab.id, "untouched")
    assert "DaemonSet" not in draw.mermaid(untouched, lab).replace(lab.title, "")
