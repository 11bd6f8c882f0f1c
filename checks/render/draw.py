"""The live diagram of a lab, as Mermaid and as text: ports, containers, networks, volumes and images; on a cluster
Ingresses, Services, Pods on their nodes, and volumes.

Source of the syntax: the flowchart page of the Mermaid documentation. Every label is quoted, and every character in it
that has a meaning in Mermaid is written as an entity, so that no name can change the diagram.
"""

import re
from dataclasses import replace

from checks.api_resources import USUAL
from checks.model import Lab
from checks.render import scene as scene_docker
from checks.render import scene_kube, words
from checks.render.scene import KINDS, SHARED, Link, Scene, Thing
from checks.snapshot import Snapshot

SHAPES = {
    "port": ('(["', '"])'),
    "container": ('["', '"]'),
    "pod": ('["', '"]'),
    "service": ('(["', '"])'),
    "ingress": ('{{"', '"}}'),
    "daemonset": ('[["', '"]]'),
    "node": ('{{"', '"}}'),
    "claim": ('[/"', '"/]'),
    "network": ('{{"', '"}}'),
    "volume": ('[("', '")]'),
    "folder": ('[("', '")]'),
    "memory": ('[("', '")]'),
    "layer": ('[/"', '"/]'),
    "image": ('[["', '"]]'),
}
# Translucent fills: the text color of the theme stays readable on them, on light and dark backgrounds.
TONES = {
    "good": "fill:#2e9e4433,stroke:#2e9e44,stroke-width:2px",
    "busy": "fill:#e08a0033,stroke:#e08a00,stroke-width:2px",
    "bad": "fill:#e0433a33,stroke:#e0433a,stroke-width:2px",
    "still": "fill:#80808026,stroke:#8a8a8a,stroke-width:2px,stroke-dasharray:5 3",
    "empty": "fill:none,stroke:#8a8a8a,stroke-dasharray:5 3",
    "port": "fill:#1e88e533,stroke:#1e88e5",
    "network": "fill:#1e88e51a,stroke:#1e88e5",
    "volume": "fill:#8e5bd01f,stroke:#8e5bd0",
    "image": "fill:#80808014,stroke:#8a8a8a",
}
TONE_OF_KIND = {
    "folder": "volume", "memory": "volume", "layer": "image", "claim": "volume", "node": "network", "service": "port",
    "ingress": "port",
}  # fmt: skip
# The title of a box has two lines, but Mermaid leaves room for one only.
ROOM = '%%{init: {"flowchart": {"subGraphTitleMargin": {"top": 4, "bottom": 26}}}}%%'
MAIN = ("container", "pod")
VERBS = {"network": "on network", "image": "created from image", "memory": "mounts"}
NAMES = {"daemonset": "DaemonSet"}
NOTHING = "Nothing exists yet"
LATER = "What you create in this lab appears here."
_SPECIAL = re.compile(r"[^\w .,:/()·…’'→+-]", re.ASCII)
# Two dollar signs start a formula and a backslash starts a line break, even as entities. A zero-width space prevents it.
_ACTING = re.compile(r"[$\\]")
# What Mermaid reads as an item of a Markdown list, which it refuses to draw.
_LIST = re.compile(r"\s*(?:\d+[.)]|[-+])")
_ENDING = re.compile(r"[#{}<>%\"`\\\n]")


def whole(lab: Lab) -> Lab:
    """Return the lab with all kinds in its scope that a diagram shows."""
    kinds = tuple(dict.fromkeys([*lab.scope.kinds, *USUAL])) if lab.sandbox == "kind" else ()
    return replace(lab, scope=replace(lab.scope, kinds=kinds))


def mermaid(snapshot: Snapshot, lab: Lab) -> str:
    """Return the diagram as a Mermaid flowchart, with a title and a description for screen readers."""
    scene = _build(snapshot)
    ids = {key: f"n{number}" for number, key in enumerate(scene.things)}
    boxes = any(thing.inside for thing in scene.things.values())
    lines = [*([ROOM] if boxes else []), "flowchart LR"]
    lines += [f"  accTitle: {_plain(_heading(lab))}", f"  accDescr: {_plain(_sentence(scene))}"]
    lines += [line for kind in KINDS for key in scene.of_kind(kind) for line in _drawn(scene, key, ids)]
    lines += [_edge(link, ids) for link in scene.links]
    remarks = scene.remarks if scene.things else scene.remarks or [f"{NOTHING}\n{LATER}"]
    for number, remark in enumerate(remarks):
        lines.append(f'  r{number}["{_label(*remark.split(chr(10)))}"]:::empty')
    used = sorted({_tone(thing) for thing in scene.things.values()} | ({"empty"} if remarks else set()))
    lines += [f"  classDef {tone} {TONES[tone]}" for tone in used]
    return "\n".join(lines) + "\n"


def describe(snapshot: Snapshot, lab: Lab) -> str:
    """Return the diagram as text: one line per object, with its links."""
    scene = _build(snapshot)
    lines = [f"- {line}" for line in [*_lines(scene), *scene.remarks]] or [f"{NOTHING}. {LATER}"]
    return "\n".join([f"{_heading(lab)}:", *lines]) + "\n"


def _build(snapshot: Snapshot) -> Scene:
    """Build the scene for the snapshot of an engine or of a cluster."""
    return (scene_kube if "namespaces" in (snapshot.scope or {}) else scene_docker).build(snapshot)


def _heading(lab: Lab) -> str:
    return f"Current state of lab {words.name(lab.id)}, {words.name(lab.title)}"


def _sentence(scene: Scene) -> str:
    return ". ".join([*_lines(scene), *scene.remarks]) or f"{NOTHING}. {LATER}"


def _lines(scene: Scene) -> list[str]:
    lines = [_ingress_line(scene, key, thing) for key, thing in scene.of_kind("ingress").items()]
    lines += [_service_line(scene, key, thing) for key, thing in scene.of_kind("service").items()]
    lines += [_daemon_set_line(scene, key, thing) for key, thing in scene.of_kind("daemonset").items()]
    lines += [_main_line(scene, key, thing) for kind in MAIN for key, thing in scene.of_kind(kind).items()]
    lines += [_node_line(scene, key, thing) for key, thing in scene.of_kind("node").items()]
    for kind in SHARED:
        for key, thing in scene.of_kind(kind).items():
            users = [scene.things[link.source].title for link in scene.links if link.target == key]
            lines.append("; ".join([_named(thing), *([f"used by {', '.join(dict.fromkeys(users))}"] if users else [])]))
    return lines


def _ingress_line(scene: Scene, key: str, thing: Thing) -> str:
    routes = [f"{link.words} routes to {scene.things[link.target].title}" for link in scene.links if link.source == key]
    return "; ".join([_named(thing), *(routes or ["has no routes"])])


def _service_line(scene: Scene, key: str, thing: Thing) -> str:
    ready = [scene.things[link.target].title for link in scene.links if link.source == key and link.open]
    unready = [scene.things[link.target].title for link in scene.links if link.source == key and not link.open]
    parts = [_named(thing), f"sends requests to {', '.join(dict.fromkeys(ready))}" if ready else "has no ready Pods"]
    return "; ".join(parts + ([f"not ready: {', '.join(dict.fromkeys(unready))}"] if unready else []))


def _daemon_set_line(scene: Scene, key: str, thing: Thing) -> str:
    pods = [scene.things[link.target].title for link in scene.links if link.source == key]
    return "; ".join([_named(thing), f"runs {', '.join(pods)}" if pods else "has no Pods"])


def _node_line(scene: Scene, key: str, thing: Thing) -> str:
    pods = [other.title for other in scene.things.values() if other.inside == key and other.kind == "pod"]
    return "; ".join([_named(thing), f"runs {', '.join(pods)}" if pods else "runs no Pods of this lab"])


def _main_line(scene: Scene, key: str, thing: Thing) -> str:
    parts = [_named(thing)] + ([f"on node {scene.things[thing.inside].title}"] if thing.inside else [])
    for link in scene.links:
        if link.target == key and scene.things[link.source].kind == "port":
            closed = "" if link.open else " (closed now)"
            parts.append(f"{scene.things[link.source].title} on this machine forwards to its port {link.words}{closed}")
    for link in scene.links:
        if link.source == key:
            parts.append(_link_line(link, scene.things[link.target]))
    return "; ".join(parts)


def _link_line(link: Link, other: Thing) -> str:
    """Describe a link of a container. The notes of an object with a line of its own appear there."""
    if other.kind == "layer":
        return f"writes {link.words} to its {other.title}: {', '.join(other.notes)}"
    verb = VERBS.get(other.kind, f"mounts {other.kind}")
    joined = f" {'as' if other.kind == 'network' else 'at'} {link.words}" if link.words else ""
    return ", ".join([f"{verb} {other.title}{joined}", *(() if other.kind in SHARED else other.notes)])


def _named(thing: Thing) -> str:
    kind = NAMES.get(thing.kind, thing.kind.capitalize())
    return ", ".join([f"{kind} {thing.title}", *thing.notes])


def _drawn(scene: Scene, key: str, ids: dict[str, str]) -> list[str]:
    """Return the lines that draw an object: a box with its members, or a node; nothing for the member of a box."""
    thing, id = scene.things[key], ids[key]
    if thing.inside:
        return []
    members = [(ids[other], member) for other, member in scene.things.items() if member.inside == key]
    if not members:
        return [_node(id, thing)]
    inner = ["  " + _node(*member) for member in members]
    return [
        f'  subgraph {id}["{_label(thing.kind, thing.title, *thing.notes)}"]',
        *inner,
        "  end",
        f"  class {id} {_tone(thing)}",
    ]


def _node(id: str, thing: Thing) -> str:
    left, right = SHAPES[thing.kind]
    kind = () if thing.kind in ("port", "memory", "layer") else (NAMES.get(thing.kind, thing.kind),)
    return f"  {id}{left}{_label(*kind, thing.title, *thing.notes)}{right}:::{_tone(thing)}"


def _tone(thing: Thing) -> str:
    return thing.tone or TONE_OF_KIND.get(thing.kind, thing.kind)


def _edge(link: Link, ids: dict[str, str]) -> str:
    arrow = "-->" if link.open else "-.->"
    text = link.words if link.open else f"{link.words}, closed now"
    label = f'|"{_label(text)}"|' if text else ""
    if not label:
        arrow = "-.-" if link.target.startswith("image/") else "---"
    return f"  {ids[link.source]} {arrow}{label} {ids[link.target]}"


def _label(*lines: str) -> str:
    return "<br/>".join(_entities(line) for line in lines)


def _entities(text: str) -> str:
    """Replace everything except letters, digits and harmless punctuation by an entity of Mermaid (`#34;`)."""
    text = _ACTING.sub("\\g<0>\u200b", text)
    marker = _LIST.match(text)
    start = marker.end() if marker else 0
    escaped = "".join(f"#{ord(character)};" for character in text[:start])
    return escaped + _SPECIAL.sub(lambda match: f"#{ord(match[0])};", text[start:])


def _plain(text: str) -> str:
    """Return text for a title or description, where entities do not work: drop the characters that could end it."""
    return _ENDING.sub(" ", text.replace(";", ","))
