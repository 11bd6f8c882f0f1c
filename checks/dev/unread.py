"""Fields of API objects that recordings leave out: they differ from run to run, and no check and no picture reads them.

A live snapshot and an evidence file keep them. `slipway dev record` grades a state with and without them, so a check that
reads one of them is named when its lab is recorded: take the field off the list then.
"""

from collections.abc import Iterator

from checks.snapshot import Json

# Where the engine keeps a container's files and sockets, and who its process is on the host. Each of these repeats an ID or
# is drawn for every start.
OF_CONTAINERS = ("ExecIDs", "HostnamePath", "HostsPath", "LogPath", "ResolvConfPath")
OF_ENDPOINTS = ("EndpointID", "Gateway", "IPPrefixLen", "MacAddress", "SandboxID", "SandboxKey")
# When an image was last tagged on this engine.
OF_IMAGES = ("Metadata",)
# What the kubelet reports about itself. Its version, the node's capacity and its conditions are kept.
OF_NODES = ("daemonEndpoints", "declaredFeatures", "features", "runtimeHandlers")
# Kinds that Kubernetes makes on its own. Who wrote which field is read of what a learner makes (lab 10), and when it was
# last written (ConfigMaps and Secrets).
OF_KUBERNETES = frozenset({"EndpointSlice", "Event", "Namespace", "Node", "PersistentVolume", "ReplicaSet"})
MANAGER = ("manager", "operation", "time")


def leave_out(data: Json) -> None:
    """Remove the fields from a snapshot's JSON, in place."""
    objects = data["objects"]
    for container in objects.get("container", {}).values():
        _remove(container, OF_CONTAINERS)
        _remove(container.get("State") or {}, ("Pid",))
        network = container.get("NetworkSettings") or {}
        for endpoint in (network, *(network.get("Networks") or {}).values()):
            _remove(endpoint, OF_ENDPOINTS)
    for network in objects.get("network", {}).values():
        for endpoint in (network.get("Containers") or {}).values():
            _remove(endpoint, OF_ENDPOINTS)
    for image in objects.get("image", {}).values():
        _remove(image, OF_IMAGES)
    _leave_out_events(objects)
    for item in _of_cluster(data):
        _slim(item)


def _leave_out_events(objects: Json) -> None:
    """Remove the events about what is not in the snapshot: `Snapshot.events`, by which events are read, finds an object's
    events by its UID."""
    items = [item for kind, items in objects.items() if kind != "Event" for item in items.values()]
    uids = {item["metadata"].get("uid") for item in items if "metadata" in item}
    events = objects.get("Event", {})
    for key in [key for key, event in events.items() if (event.get("involvedObject") or {}).get("uid") not in uids]:
        del events[key]


def _of_cluster(data: Json) -> Iterator[Json]:
    return (item for items in data["objects"].values() for item in items.values() if "metadata" in item and "kind" in item)


def _slim(item: Json) -> None:
    about = item["metadata"]
    # Counts every write to the whole cluster.
    _remove(about, ("resourceVersion",))
    if item["kind"] in OF_KUBERNETES:
        _remove(about, ("managedFields",))
    for entry in about.get("managedFields") or ():
        _remove(entry, tuple(entry.keys() - set(MANAGER)))
    if item["kind"] == "Node":
        _remove(item["status"], OF_NODES)
        for condition in item["status"].get("conditions") or ():
            _remove(condition, ("lastHeartbeatTime",))
    if item["kind"] == "Pod":
        # They repeat podIP and hostIP.
        _remove(item.get("status") or {}, ("podIPs", "hostIPs"))
    if item["kind"] == "Event":
        _slim_event(item)


def _slim_event(event: Json) -> None:
    """Keep what is said about which object, by whom, and one time: when the event was last seen (`snapshot.event_time`).

    Its name and its namespace are in its key.
    """
    about = event["metadata"]
    _remove(about, ("name", "namespace", "uid"))
    _remove(event.get("involvedObject") or {}, ("apiVersion", "namespace", "resourceVersion"))
    _remove(event, ("apiVersion", "kind", "firstTimestamp"))
    if not event.get("eventTime"):
        _remove(event, ("eventTime",))
    source = event.get("source") or {}
    for name, same in (("reportingComponent", "component"), ("reportingInstance", "host")):
        if event.get(name) in (None, "", source.get(same)):
            _remove(event, (name,))
    if event.get("lastTimestamp") or event.get("eventTime"):
        _remove(about, ("creationTimestamp",))


def _remove(item: Json, names: tuple[str, ...]) -> None:
    for name in names:
        item.pop(name, None)
