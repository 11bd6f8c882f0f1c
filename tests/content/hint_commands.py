"""The commands in the code spans of hints: what they name, what must exist for them, what they create and what they remove."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

SPAN = re.compile(r"`([^`]+)`")
# A word that stands for something else.
PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_]+|.*….*|.*<.*>.*|\$\(.*|.*=.*")
# The options of docker and kubectl, in the commands that hints use, that take the next word as their value.
VALUED = {
    "-f", "--file", "-n", "--namespace", "-l", "--selector", "-o", "--output", "-c", "--container", "-p", "--publish", "-v",
    "--volume", "-t", "--tag", "--name", "--network", "--network-alias", "--alias", "--env", "-e", "--restart", "--user",
    "--memory", "--memory-swap", "--cap-drop", "--cap-add", "--security-opt", "--tmpfs", "--format", "--driver", "--target",
    "--build-arg", "--secret", "--advertise-addr", "--tail", "--field-selector", "--patch", "--bind",
}  # fmt: skip
SHORT = {
    "pod": "Pod", "po": "Pod", "deployment": "Deployment", "deploy": "Deployment", "service": "Service", "svc": "Service",
    "configmap": "ConfigMap", "cm": "ConfigMap", "secret": "Secret", "job": "Job", "cronjob": "CronJob",
    "networkpolicy": "NetworkPolicy", "networkpolicies": "NetworkPolicy", "netpol": "NetworkPolicy",
    "daemonset": "DaemonSet", "ds": "DaemonSet", "statefulset": "StatefulSet", "sts": "StatefulSet", "ingress": "Ingress",
    "ingressclass": "IngressClass", "persistentvolumeclaim": "PersistentVolumeClaim", "pvc": "PersistentVolumeClaim",
    "persistentvolume": "PersistentVolume", "pv": "PersistentVolume", "namespace": "Namespace", "ns": "Namespace",
    "quota": "ResourceQuota", "resourcequota": "ResourceQuota", "limits": "LimitRange", "limitrange": "LimitRange",
    "hpa": "HorizontalPodAutoscaler", "horizontalpodautoscaler": "HorizontalPodAutoscaler", "node": "Node",
    "event": "Event", "endpointslice": "EndpointSlice", "storageclass": "StorageClass",
    "poddisruptionbudget": "PodDisruptionBudget", "pdb": "PodDisruptionBudget", "priorityclass": "PriorityClass",
    "serviceaccount": "ServiceAccount", "sa": "ServiceAccount", "role": "Role", "rolebinding": "RoleBinding",
}  # fmt: skip
# What docker does with a container that a hint names: "needs" it, "removes" it.
ON_CONTAINER = {
    "start": "needs", "stop": "needs", "restart": "needs", "unpause": "needs", "logs": "needs", "exec": "needs",
    "diff": "needs", "stats": "needs", "update": "needs", "rm": "removes", "wait": "needs",
}  # fmt: skip
PLAIN_DOCKER = {
    "run", "build", "buildx", "images", "image", "container", "network", "compose", "history", "info", "ps", "push", "swarm",
    "inspect",
}  # fmt: skip
NETWORK = {"create": "creates", "rm": "removes", "connect": "needs", "disconnect": "needs", "ls": ""}
COMPOSE = {"up", "down", "ps", "logs", "config", "exec", "restart", "top", "build", "start", "stop"}
ON_OBJECT = {
    "delete": "removes", "describe": "needs", "get": "needs", "edit": "needs", "label": "needs", "patch": "needs",
    "scale": "needs", "logs": "needs", "exec": "needs", "set": "needs", "rollout": "needs", "wait": "needs",
    "annotate": "needs", "port-forward": "needs",
}  # fmt: skip
PLAIN_KUBECTL = {
    "apply", "auth", "create", "diff", "explain", "config", "run", "top", "uncordon", "api-versions", "api-resources",
}  # fmt: skip


@dataclass(frozen=True)
class Use:
    """What a command does with an object that it names: it "needs", "creates" or "removes" the object."""

    does: str
    kind: str
    name: str
    namespace: str = ""
    lenient: bool = False


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each docker, kubectl and slipway command in a hint, in its order."""
    for span in SPAN.findall(text):
        for part in re.split(r" \| | && ", span):
            try:
                words = shlex.split(part)
            except ValueError:
                words = part.split()
            if words and words[0] in ("docker", "kubectl", "slipway", "./slipway"):
                yield words


def sentences(text: str) -> list[str]:
    """Return the sentences of a hint. A full stop in a code span ends none."""
    spans = SPAN.findall(text)
    rest = iter(spans)
    return [SPAN.sub(lambda _: f"`{next(rest)}`", part) for part in re.split(r"(?<=[.;]) ", SPAN.sub("`_`", text))]


def _split(words: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the arguments without options, up to `--`, and the values of the options."""
    plain, options = [], {}
    rest = iter(words)
    for word in rest:
        if word in ("--", ">", "<"):
            break
        if word.startswith("-"):
            name, equals, value = word.partition("=")
            options.setdefault(name, []).append(value if equals else next(rest, "") if name in VALUED else "")
        else:
            plain.append(word)
    return plain, options


def uses(words: list[str], namespace: str = "") -> Iterator[Use]:
    """Yield what a command does with the objects that it names. Raises ValueError for a command that does not exist."""
    program, *rest = words
    if program == "docker":
        yield from (use for use in _docker(rest) if not PLACEHOLDER.fullmatch(use.name))
    elif program == "kubectl":
        yield from (use for use in _kubectl(rest, namespace) if not PLACEHOLDER.fullmatch(use.name))


def files(words: list[str]) -> list[str]:
    """Return the files that a command reads by `-f` or `--file`."""
    valued = VALUED - {"-f"} if words[:2] in (["docker", "rm"], ["docker", "logs"]) else VALUED
    if "-f" not in valued:
        return []
    _, options = _split(words)
    return [name for option in ("-f", "--file") for name in options.get(option, ()) if name and not PLACEHOLDER.fullmatch(name)]


def _docker(rest: list[str]) -> Iterator[Use]:
    if not rest:
        return
    verb, *arguments = rest
    if verb == "rm":
        forced = any(word in ("-f", "--force") for word in arguments)
        yield from (Use("removes", "container", name, lenient=forced) for name in arguments if not name.startswith("-"))
    elif verb in ON_CONTAINER:
        plain, _ = _split(arguments)
        yield from (Use(ON_CONTAINER[verb], "container", name) for name in plain[:1])
    elif verb == "run":
        _, options = _split(arguments)
        yield from (Use("creates", "container", name) for name in options.get("--name", ()))
        yield from (Use("needs", "network", name) for name in options.get("--network", ()) if name != "host")
    elif verb == "network":
        yield from _docker_network(arguments)
    elif verb == "compose":
        plain, _ = _split(arguments)
        if plain and plain[0] not in COMPOSE:
            raise ValueError(f"docker compose has no command {plain[0]}")
    elif verb not in PLAIN_DOCKER:
        raise ValueError(f"docker has no command {verb}")


def _docker_network(arguments: list[str]) -> Iterator[Use]:
    plain, _ = _split(arguments)
    if not plain or plain[0] not in NETWORK:
        raise ValueError(f"docker network has no command {plain[:1]}")
    does = NETWORK[plain[0]]
    if len(plain) > 1:
        yield Use(does, "network", plain[1])
    if plain[0] in ("connect", "disconnect"):
        yield from (Use("needs", "container", name) for name in plain[2:])


def _kubectl(rest: list[str], namespace: str) -> Iterator[Use]:
    if not rest:
        return
    verb, *arguments = rest
    plain, options = _split(arguments)
    own = (options.get("-n") or options.get("--namespace") or [namespace])[0]
    if verb not in ON_OBJECT and verb not in PLAIN_KUBECTL:
        raise ValueError(f"kubectl has no command {verb}")
    if "-A" in options:
        return
    if verb == "create" and len(plain) > 1:
        kind, name = (plain[0], plain[2]) if plain[0] == "secret" and len(plain) > 2 else (plain[0], plain[1])
        if plain[0] != "secret" or len(plain) > 2:
            yield Use("creates", _kind(kind), name, own)
        yield from (_named(source, own, "needs") for source in options.get("--from", ()) if "/" in source)
    elif verb in ON_OBJECT:
        does = ON_OBJECT[verb]
        lenient = "--ignore-not-found" in options
        yield from (_lenient(use, lenient) for use in _objects(verb, plain, own, does))


def _lenient(use: Use, lenient: bool) -> Use:
    return Use(use.does, use.kind, use.name, use.namespace, lenient)


def _objects(verb: str, plain: list[str], namespace: str, does: str) -> Iterator[Use]:
    if verb in ("rollout", "set"):
        plain = plain[1:]
    if verb in ("logs", "exec", "port-forward"):
        yield from (_named(name, namespace, does) if "/" in name else Use(does, "Pod", name, namespace) for name in plain[:1])
    elif plain and "/" in plain[0]:
        yield _named(plain[0], namespace, does)
    elif plain:
        kinds = [_kind(kind) for kind in plain[0].split(",")]
        names = plain[1:] if verb in ("get", "describe", "delete") else plain[1:2]
        if len(kinds) == 1:
            yield from (Use(does, kinds[0], name, namespace) for name in names)


def _named(reference: str, namespace: str, does: str) -> Use:
    kind, _, name = reference.partition("/")
    return Use(does, _kind(kind), name, namespace)


def _kind(word: str) -> str:
    singular = next((form for form in (word, word.removesuffix("s"), word.removesuffix("es")) if form in SHORT), "")
    if not singular and word not in ("all",) and not PLACEHOLDER.fullmatch(word):
        raise ValueError(f"the API has no kind {word}")
    return SHORT.get(singular, word)
