"""The live picture: all that is there, in Mermaid and in text, whatever it is called."""

import re
from copy import deepcopy
from dataclasses import replace

import pytest
import render_cases as cases
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
        ("hungry", "ended, exit code 137, out of memory"),
        ("paused", "paused"),
        ("ill", "running, unhealthy"),
        ("young", "running, health check still starting"),
        ("labels", "created, not started"),
        ("colours", "ended, exit code 0"),
    ],
)
def test_states_are_words_in_picture_and_text(state: str, said: str) -> None:
    seen = cases.snapshot("states")
    assert f'container<br/>slipway-render-{state}<br/>{said}"' in draw.mermaid(seen, cases.LAB)
    assert f"- Container slipway-render-{state}, {said};" in draw.describe(seen, cases.LAB)


def test_a_compose_project_shows_ports_networks_volumes_folders_and_images() -> None:
    said = draw.describe(cases.snapshot("compose"), cases.LAB)
    for part in (
        "port 18755 on 127.0.0.1 of this machine leads to its port 8000",
        "on network slipway-render-shop_back",
        "mounts volume slipway-render-shop_data at /data",
        "/page at /srv, read only",
        "made from image python:3.11-slim",
        "Network slipway-render-shop_back, closed to the outside; used by",
        "Volume slipway-render-spare; no container uses it",
    ):
        assert part in said


def test_a_port_of_a_stopped_container_is_declared_but_closed() -> None:
    seen = deepcopy(cases.snapshot("one"))
    seen.objects["container"]["slipway-render-web"]["NetworkSettings"]["Ports"] = {}
    assert '-.->|"8000, closed now"|' in draw.mermaid(seen, cases.LAB)
    assert "port 18751 of this machine leads to its port 8000 (closed now)" in draw.describe(seen, cases.LAB)


def test_an_empty_lab_says_that_nothing_is_there_yet() -> None:
    for text in (draw.mermaid(cases.snapshot("empty"), cases.LAB), draw.describe(cases.snapshot("empty"), cases.LAB)):
        assert "Nothing is there yet" in text


def test_what_could_not_be_looked_at_is_said_and_not_called_nothing() -> None:
    seen = Snapshot("00-render", "2026-01-01T00:00:00Z", errors={"container": "no engine answers"})
    for text in (draw.mermaid(seen, cases.LAB), draw.describe(seen, cases.LAB)):
        assert "containers could not be looked at: no engine answers" in text and "Nothing is there" not in text


def test_a_crowd_is_cut_and_counted() -> None:
    seen = cases.snapshot("one")
    (one,) = seen.objects["container"].values()
    many = {f"c{number:03}": {**one, "Name": f"/c{number:03}"} for number in range(100)}
    picture = draw.mermaid(replace(seen, objects={**seen.objects, "container": many}), cases.LAB)
    assert picture.count("container<br/>") == 24 and "76 more containers are not shown." in picture
