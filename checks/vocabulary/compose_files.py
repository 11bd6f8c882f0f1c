"""The files of a Compose project, under each name that Compose reads, and the secrets in them.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from checks.model import Finding
from checks.redact import DEFAULT, MARK, URL_PASSWORD, is_secret, is_written, yaml_leaves
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings

# A password in a URL as the collector leaves it: its mark holds a blank, which no password in a URL does.
REDACTED_URL = re.compile(r"://[^\s:/@]*+:(‹redacted [0-9a-f]+›)@")


def files(snapshot: Snapshot, probe_ids: Sequence[str]) -> list[Json]:
    """Return the Compose files that are in the lab's folder, as `file` probes of the names that Compose reads saw them.

    A snapshot that was taken before one of the probes after the first existed says nothing about its file.

    Example:
        compose_files.files(snapshot, ["file", "override"])
        # [{'path': 'docker-compose.yml', 'ok': True, 'text': 'services: …'}]
    """
    first, *others = probe_ids
    probed = [snapshot.probe(first), *(snapshot.probe(id) for id in others if id in snapshot.probes or id in snapshot.errors)]
    return [file for file in probed if file["ok"]]


def no_secret_written(snapshot: Snapshot, probe_ids: Sequence[str], project: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding for each Compose file that holds a password itself, or one where there is no file at all.

    Example:
        yield from compose_files.no_secret_written(snapshot, ["file"], "slipway-harbour", "Write it into .env.", cost=1)
        # compose.yaml contains a password that anyone who gets the file can read.
    """
    there = files(snapshot, probe_ids)
    if not there:
        missing = snapshot.probe(probe_ids[0])
        message = f"There is no {missing['path']} in the lab's folder."
        yield Finding(message, f"file/{missing['path']}", "", "a Compose file", missing["error"], hint=hint, cost=cost)
    for file in there:
        if names := sorted(set(secrets_in(file["text"], marks_in_use(snapshot, project)))):
            message = f"{file['path']} contains a password that anyone who gets the file can read."
            yield Finding(message, f"file/{file['path']}", "environment", "no password", names, hint=hint, cost=cost)


def secrets_in(text: str, in_use: Collection[str] = ()) -> Iterator[str]:
    r"""Yield the names under which a Compose file holds a secret itself, rather than a reference such as ${PASSWORD}.

    The file is read as YAML: an alias is what its anchor stands for. `in_use` are the placeholders of the secrets that
    containers receive: one of them in a comment counts as well.

    Example:
        list(compose_files.secrets_in("environment:\n  POSTGRES_PASSWORD: s3cret\n  API_TOKEN: ${API_TOKEN}\n"))
        # ['POSTGRES_PASSWORD']
    """
    leaves = yaml_leaves(text)
    if leaves is None:
        yield from _secrets_in_lines(text)
        return
    for leaf in leaves:
        yield from _secrets_in_leaf(str(leaf.path[-1]) if leaf.path else "", leaf.value)
    in_leaves = {mark for leaf in leaves for mark in MARK.findall(leaf.value)}
    if any(mark in in_use and mark not in in_leaves for mark in MARK.findall(text)):
        yield "a comment"


def _secrets_in_leaf(key: str, value: str) -> Iterator[str]:
    """Yield the names under which a value of the file is, or holds, a secret."""
    if is_secret(key) and (MARK.match(value) or is_written(value)):
        yield key
        return
    pair, equals, rest = value.partition("=")
    if equals and is_secret(pair) and (MARK.match(rest) or is_written(rest)):
        yield pair
        return
    yield from (name for name, _ in DEFAULT.findall(value) if is_secret(name))
    if REDACTED_URL.search(value) or any(is_written(password) for password in URL_PASSWORD.findall(value)):
        yield "the password of a URL"
    elif MARK.search(value) and not DEFAULT.search(value):
        yield key or "a value"


def _secrets_in_lines(text: str) -> Iterator[str]:
    """Yield the names under which a text that is no YAML holds secrets."""
    for line in text.splitlines():
        key, _, value = line.strip(" \t-").partition(":")
        yield from _secrets_in_leaf(key.strip("\"'"), value.strip(" \t\"'"))


def marks_in_use(snapshot: Snapshot, project: str) -> set[str]:
    """Return the placeholders of the secrets that the project's containers receive in their variables.

    Example:
        compose_files.marks_in_use(snapshot, "slipway-harbour")  # {'‹redacted 1f2e3d4c›'}
    """
    containers = (container for group in snapshot.services(project).values() for container in group)
    return {mark for container in containers for entry in container["Config"]["Env"] or () for mark in MARK.findall(entry)}
