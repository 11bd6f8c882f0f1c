"""The checks of lab 14: settings that reach a container, which of them follow a change, and what may not be read."""

from checks.labs import lab_14_arrivals as arrivals
from checks.labs.lab_14_arrivals import CODE, CODE_LENGTH, LOGBOOK, OFFICE, PASSWORD, RADIO, RADIO_KEY, USER, VARIABLES
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import configmaps_secrets, containers, objects, pod_volumes, workloads
from checks.vocabulary.objects import subject

BOARD, CONFIG, HOURS, NOTICE = "board", "board-config", "hours", "notice.txt"
VARIABLE, FILE = "HOURS", "/etc/board/notice.txt"
FIRST, SECOND = ({HOURS: "06:00-20:00", NOTICE: "Harbour open"}, {HOURS: "08:00-18:00", NOTICE: "Storm warning"})
LEAST = 16
BURNT = "old-lighthouse"
FEE, TARIFFS, CASHIER = "FEE", {"tariff-2026": "12", "tariff-2027": "15"}, "cashier"
AWAY = "Delete the lines. Create the Secret in the cluster, and refer to it in office.yaml."
LOOK = "`kubectl describe pods -l app={}` shows what delays them."


def runs(snapshot: Snapshot, name: str, hint: str) -> containers.Findings:
    """Yield a finding unless there is a Deployment of this name, and its Pods are those of its description."""
    item = snapshot.object("Deployment", name)
    rollout = workloads.rolled_out(snapshot, item, LOOK.format(name)) if item else ()
    yield from containers.first(objects.exists(snapshot, "Deployment", name, hint), rollout)


@check(
    "board-config",
    "The ConfigMap board-config has hours and notice.txt",
    hints=[
        "`kubectl get configmap board-config -o yaml` shows its keys, under `data`.",
        "A key is a name, its value a text. A text of several lines begins with `|` in YAML.",
        "`kubectl create configmap board-config --from-literal=hours=06:00-20:00 --from-literal=notice.txt='Harbour open'`. "
        "If it exists, change it: `kubectl edit configmap board-config`.",
    ],
)
def board_config(snapshot: Snapshot) -> containers.Findings:
    hint = "Describe it in a file and apply it, or use `kubectl create configmap`."
    yield from containers.first(objects.exists(snapshot, "ConfigMap", CONFIG, hint), _has_keys(snapshot))


def _has_keys(snapshot: Snapshot) -> containers.Findings:
    item = snapshot.object("ConfigMap", CONFIG)
    if item:
        wanted = {key: (FIRST[key], SECOND[key]) for key in FIRST}
        yield from configmaps_secrets.holds(
            item, wanted, "`kubectl edit configmap board-config`, or change the file and apply it."
        )


@check(
    "board-reads",
    "The board reads HOURS and /etc/board/notice.txt from board-config",
    points=2,
    needs=["board-config"],
    hints=[
        "`kubectl logs deployment/board --tail=3` shows what it has been given, `kubectl describe pods -l app=board` "
        "what it waits for.",
        "A variable refers to one key: `valueFrom`, and in it `configMapKeyRef` with `name` and `key`. A volume of "
        "the kind `configMap` makes each key a file.",
        "Instead of `value`: `valueFrom: {configMapKeyRef: {name: board-config, key: hours}}`. In the container "
        "`volumeMounts` "
        "with `mountPath: /etc/board`, beside `containers` `volumes` with `configMap: {name: board-config}`, both "
        "under one name.",
    ],
)
def board_reads(snapshot: Snapshot) -> containers.Findings:
    yield from containers.first(runs(snapshot, BOARD, "`kubectl apply -f board.yaml` creates it."), _board_given(snapshot))


def _board_given(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for the variable and one for the file, where they do not come from the ConfigMap."""
    board = snapshot.object("Deployment", BOARD)
    if board is None:
        return
    hint = "Give HOURS `valueFrom` with `configMapKeyRef`, and apply board.yaml."
    yield from containers.first(
        configmaps_secrets.variable_from(board, BOARD, VARIABLE, "ConfigMap", CONFIG, hint),
        configmaps_secrets.prints(snapshot, "hours", board, (FIRST[HOURS], SECOND[HOURS]), "The key is called hours.", cost=1),
    )
    folder = "Mount the volume at the folder, /etc/board: each key becomes a file in it."
    hint = "Mount a volume `configMap: {name: board-config}` at /etc/board, and apply board.yaml."
    yield from containers.first(
        pod_volumes.file_from(board, BOARD, FILE, "ConfigMap", CONFIG, hint),
        configmaps_secrets.prints(snapshot, "notice", board, (FIRST[NOTICE], SECOND[NOTICE]), folder, cost=1),
    )


@check(
    "notice-follows",
    "The notice in the running container has followed the ConfigMap",
    points=2,
    needs=["board-reads"],
    hints=[
        "Change the ConfigMap and nothing else. Then look, again and again: "
        "`kubectl exec deployment/board -- cat /etc/board/notice.txt`.",
        "The kubelet looks at each of its Pods about once a minute. A change of the Pod itself, such as an "
        "annotation, makes it look now.",
        "`kubectl edit configmap board-config` (or change config.yaml and apply it), then "
        '`kubectl annotate pod -l app=board --overwrite looked-at="$(date +%s)"`.',
    ],
)
def notice_follows(snapshot: Snapshot) -> containers.Findings:
    config, probe = snapshot.require("ConfigMap", CONFIG), snapshot.probe("notice")
    declared, shown = (config["data"][NOTICE].strip(), probe["stdout"].strip())
    if declared != SECOND[NOTICE]:
        message, hint = (
            "The ConfigMap still has the first notice.",
            "Change notice.txt in board-config; do not touch the Pod.",
        )
        yield Finding(message, subject(config), f"data.{NOTICE}", SECOND[NOTICE], declared, hint=hint)
    elif shown != declared:
        hint = "Wait, or annotate the Pod: then the kubelet looks at it now."
        yield configmaps_secrets.behind(snapshot, config, snapshot.require("Deployment", BOARD), BOARD, FILE, shown, hint)
    else:
        again = "Set the ConfigMap back, then to the new values once more, and do not touch the Pod meanwhile."
        yield from configmaps_secrets.outlived(snapshot, probe["pod"], BOARD, config, again)


@check(
    "hours-stay",
    "HOURS in the running container is still the old one",
    needs=["board-reads"],
    hints=[
        "`kubectl exec deployment/board -- sh -c 'echo $HOURS'` shows what the process was given when it started.",
        "Change `hours` in the ConfigMap, and do not touch the Pod: no delete, no `rollout restart`.",
        "hours is 08:00-18:00 in board-config, and HOURS in the Pod 06:00-20:00. If you have restarted it: set hours "
        "back, `kubectl rollout restart deployment/board`, then change hours again.",
    ],
)
def hours_stay(snapshot: Snapshot) -> containers.Findings:
    config, probe = snapshot.require("ConfigMap", CONFIG), snapshot.probe("hours")
    declared, shown = config["data"][HOURS].strip(), probe["stdout"].strip()
    if declared != SECOND[HOURS]:
        message, hint = (
            "The ConfigMap still has the first hours.",
            "Change hours in board-config; do not touch the Pod.",
        )
        yield Finding(message, subject(config), f"data.{HOURS}", SECOND[HOURS], declared, hint=hint)
    elif shown != FIRST[HOURS]:
        why = "A variable is set when a container starts. This one was started after the ConfigMap was changed."
        hint = f"Set hours back to {FIRST[HOURS]}, `kubectl rollout restart deployment/board`, then change hours again."
        board = snapshot.require("Deployment", BOARD)
        message = f"{VARIABLE} in the container is {shown}: a restart has loaded the new value."
        yield Finding(message, subject(board), f"echo ${VARIABLE}", FIRST[HOURS], shown, why, hint)


@check(
    "logbook-key",
    "The Secret logbook-key has user and a new password",
    hints=[
        "`kubectl describe secret logbook-key` shows the keys with the lengths of their values, and not the values.",
        "`kubectl create secret generic NAME --from-literal=KEY=VALUE` takes the values as they are, without a line break.",
        "`kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password='…'` with a "
        "password of 16 characters or more. To create it again, `kubectl delete secret logbook-key` first.",
    ],
)
def logbook_key(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl create secret generic logbook-key --from-literal=…` creates it."
    yield from containers.first(objects.exists(snapshot, "Secret", LOGBOOK, hint), _logbook_texts(snapshot))


def _logbook_texts(snapshot: Snapshot) -> containers.Findings:
    secret = snapshot.object("Secret", LOGBOOK)
    if secret:
        hint = "Delete the Secret, and create it again with `--from-literal`."
        yield from configmaps_secrets.secret_text(secret, USER, len("keeper"), hint, len("keeper"))
        yield from configmaps_secrets.secret_text(secret, PASSWORD, LEAST, hint)


@check(
    "logbook-inside",
    "The office gets its password from logbook-key, and no manifest contains it",
    points=2,
    needs=["logbook-key"],
    hints=[
        "`kubectl describe deployment office` shows, for each variable, its value or where that comes from.",
        "As with the ConfigMap: `valueFrom`, and in it `secretKeyRef` with `name` and `key`. Delete the lines that it replaces.",
        "For LOG_PASSWORD `valueFrom: {secretKeyRef: {name: logbook-key, key: password}}`, for LOG_USER the same with "
        "`key: user`. Then `kubectl apply -f office.yaml`.",
    ],
)
def logbook_inside(snapshot: Snapshot) -> containers.Findings:
    office = snapshot.object("Deployment", OFFICE)
    yield from containers.first(
        runs(snapshot, OFFICE, "Change office.yaml and apply it."),
        *(arrivals.given(snapshot, office, key) for key in VARIABLES if office),
        configmaps_secrets.unwritten(snapshot, "manifest", snapshot.require("Secret", LOGBOOK), PASSWORD, BURNT, AWAY),
    )


@check(
    "radio-code",
    "The radio finds exactly channel-16 in /etc/radio/code",
    points=2,
    hints=[
        "`kubectl logs deployment/radio --tail=1` says how many bytes it has found. Count the letters of the code.",
        "`kubectl get secret radio-key -o jsonpath='{.data.code}' | base64 -d | od -c` shows every byte. What does "
        "`echo` write after its text?",
        "`echo -n channel-16 | base64` gives the value for radio.yaml. `kubectl apply -f radio.yaml`; the file in the container "
        "follows within a minute, or at once after `kubectl rollout restart deployment/radio`.",
    ],
)
def radio_code(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f radio.yaml` creates it."
    secret = snapshot.object("Secret", RADIO_KEY)
    again = "Encode it without a line break (`echo -n … | base64`), put it into radio.yaml and apply that."
    yield from containers.first(
        objects.exists(snapshot, "Secret", RADIO_KEY, hint),
        configmaps_secrets.secret_text(secret, CODE, CODE_LENGTH, again, CODE_LENGTH) if secret else (),
        runs(snapshot, RADIO, hint),
        arrivals.code_inside(snapshot, secret, again) if secret else (),
    )


@check(
    "tariff-fixed",
    "The tariffs of 2026 and 2027 exist, and cannot be changed",
    hints=[
        "`kubectl get configmap tariff-2026 -o yaml` shows its keys, and whether it can be changed.",
        "`immutable: true` is next to `data`, at the top level of the ConfigMap.",
        'Two ConfigMaps, tariff-2026 with `FEE: "12"` and tariff-2027 with `FEE: "15"`, each with `immutable: true`. '
        "If one "
        "exists without it: `kubectl patch configmap tariff-2026 --patch '{\"immutable\": true}'`.",
    ],
)
def tariff_fixed(snapshot: Snapshot) -> containers.Findings:
    hint = "Describe it with `immutable: true`, and apply it. An immutable ConfigMap must be deleted before it is created again."
    for name, fee in TARIFFS.items():
        item = snapshot.object("ConfigMap", name)
        holds = configmaps_secrets.holds(item, {FEE: (fee,)}, hint) if item else ()
        fixed = configmaps_secrets.immutable(item, hint) if item else ()
        yield from containers.first(objects.exists(snapshot, "ConfigMap", name, hint), holds, fixed)


@check(
    "cashier-reads",
    "The cashier takes 15 a night",
    needs=["tariff-fixed"],
    hints=[
        "`kubectl logs deployment/cashier --tail=1` shows what it takes.",
        "An immutable ConfigMap is not changed but replaced: by another one, under another name, to which the "
        "Deployment then refers.",
        "In cashier.yaml `name: tariff-2027`, then `kubectl apply -f cashier.yaml`.",
    ],
)
def cashier_reads(snapshot: Snapshot) -> containers.Findings:
    cashier, new = snapshot.object("Deployment", CASHIER), list(TARIFFS)[-1]
    hint = f"Let cashier.yaml refer to {new}, and apply it."
    yield from containers.first(
        runs(snapshot, CASHIER, hint),
        configmaps_secrets.variable_from(cashier, CASHIER, FEE, "ConfigMap", new, hint) if cashier else (),
        configmaps_secrets.prints(snapshot, "fee", cashier, (TARIFFS[new],), hint) if cashier else (),
    )
