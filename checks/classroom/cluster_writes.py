"""Writes to a shared cluster: server-side apply with one field manager, and deletion of exactly the objects that are meant."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, wait
from itertools import groupby

from checks.classroom.cluster_objects import MANAGER, ORDER, Key
from checks.classroom.cluster_state import uid
from checks.clients.base import EngineError
from checks.clients.named_cluster import NamedCluster
from checks.snapshot import Json

APPLY = {"Content-Type": "application/apply-patch+yaml"}
SECONDS = 300.0


def apply(cluster: NamedCluster, items: Mapping[Key, Json], live: Mapping[Key, Json], done: Callable[[Key, str], None]) -> None:
    """Apply objects, those of one kind at the same time. `done` gets each with its uid, from one thread at a time.

    Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/. Raise EngineError or Refused at the first failure;
    no further objects are applied then.
    """
    for _, keys in groupby(sorted(items, key=lambda key: ORDER.index(key.kind)), key=lambda key: key.kind):
        jobs = {cluster.pool.submit(_apply, cluster, key, items[key], live.get(key)): key for key in keys}
        finished, rest = wait(jobs, return_when=FIRST_EXCEPTION)
        for job in rest:
            job.cancel()
        finished |= wait(job for job in rest if not job.cancelled()).done
        for job in finished:
            if job.exception() is None:
                done(jobs[job], job.result())
        for job in finished:
            job.result()


def _apply(cluster: NamedCluster, key: Key, item: Json, live: Json | None) -> str:
    """Apply one object and return its uid. One that exists must still be the one that was looked at."""
    if live is not None:
        item = {**item, "metadata": {**item["metadata"], "uid": uid(live)}}
    answer = cluster.write("PATCH", f"{key.path}?fieldManager={MANAGER}&force=true", item, headers=APPLY)
    if answer.status >= 400:
        raise EngineError(cluster.refusal(answer, f"applying {key}"))
    if live is None and answer.status != 201:
        raise EngineError(f"{key} was created by someone else at the same time. Look at it before you run the command again")
    return uid(answer.json())


def delete(cluster: NamedCluster, items: Mapping[Key, Json]) -> None:
    """Delete objects, each only if it is still the one that was looked at. Raise EngineError or Refused."""
    jobs = [cluster.pool.submit(_delete, cluster, key, uid(item)) for key, item in items.items()]
    for job in jobs:
        job.result()


def _delete(cluster: NamedCluster, key: Key, own: str) -> None:
    body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": own}, "propagationPolicy": "Background"}
    answer = cluster.write("DELETE", key.path, body)
    if answer.status >= 400 and answer.status != 404:
        raise EngineError(cluster.refusal(answer, f"deleting {key}"))


def wait_until_gone(look: Callable[[], Iterable[str]], uids: set[str], progress: Callable[[int], None]) -> set[str]:
    """Wait until none of the uids is among those that `look` returns. Return what is left after five minutes.

    `progress` gets the number of those that are left, whenever it changes.
    """
    deadline, before = time.monotonic() + SECONDS, len(uids)
    while left := uids.intersection(look()):
        if time.monotonic() > deadline:
            break
        if len(left) != before:
            before = len(left)
            progress(before)
        time.sleep(1)
    return left
