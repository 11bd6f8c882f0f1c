"""The checks of the checkpoint after lab 23: nine requirements, each a statement about the application on the cluster."""

import json

from checks.labs import lab_23_tiers as tiers
from checks.labs import lab_23c_texts as texts
from checks.labs.lab_23c_texts import KEY
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import configmaps_secrets, containers, ingress, jobs, objects, pod_resources
from checks.vocabulary.objects import image_name, name_of, subject

API, BOARD, CACHE, DATABASE = "api", "board", "cache", "database"
API_IMAGE, BOARD_IMAGE, DATABASE_IMAGE, API_PORT = "quay-api:1", "quay-board:1", "postgres:15", 8000
PARTS = (
    ("StatefulSet", DATABASE, 1, (DATABASE_IMAGE,)),
    ("Deployment", CACHE, 1, ("redis:7",)),
    ("Deployment", API, 3, (API_IMAGE,)),
    ("Deployment", BOARD, 2, (BOARD_IMAGE,)),
)
DATA, TABLE, PAGE = "/var/lib/postgresql/data", "arrivals", "Arrivals"
PROBES = {"livenessProbe": "/health", "readinessProbe": "/ready"}
QUOTA, HARD = "quay", {"requests.cpu": "1", "requests.memory": "1Gi", "limits.memory": "2Gi"}
SECRET, LEAST = "database-password", 12
OPEN = "POSTGRES_HOST_AUTH_METHOD"
REPORT, REPORT_IMAGE, AT_SIX = "report", "busybox:1.35", "0 6 * * *"


@check(
    "built",
    "Both images are in the nodes as they were built",
    hints=[
        "The nodes have their own store: what the engine has built, they do not have yet.",
        "Build `quay-api:1` from the folder api and `quay-board:1` from board, then load both into the nodes, as in lab 23.",
        "`docker build --tag quay-api:1 api`, `docker build --tag quay-board:1 board`, "
        "`slipway cluster load quay-api:1 quay-board:1`",
    ],
)
def built(snapshot: Snapshot) -> containers.Findings:
    yield from tiers.in_nodes(snapshot, "images", {API_IMAGE: API, BOARD_IMAGE: BOARD})


@check(
    "running",
    "All four services run, with as many Pods as the order says, and all are ready",
    points=3,
    needs=["built"],
    hints=[
        "`kubectl get deployments,statefulsets,pods` shows what is missing. Start with the database: the others need it.",
        "Where a Pod does not come, `kubectl describe` of its ReplicaSet or StatefulSet says who refuses it. Where one is not "
        "ready, its log says what it waits for: `kubectl logs deployment/api`.",
        "api needs DATABASE_HOST, DATABASE_PASSWORD and CACHE_HOST. Under a quota, each container must say what it requests "
        "and what it may use.",
    ],
)
def running(snapshot: Snapshot) -> containers.Findings:
    for kind, name, count, images in PARTS:
        hint = f"`kubectl describe {kind.lower()} {name}` and `kubectl get events` say what is wrong."
        yield from containers.first(
            objects.exists(snapshot, kind, name, f"Write it, and `kubectl apply` it: {count} of {images[0]}."),
            tiers.part_runs(snapshot, kind, name, count, images, hint),
        )


@check(
    "counted",
    "At arrivals.example.com ships arrive: page, API, a row in the database, and back",
    points=3,
    needs=["running"],
    hints=[
        "Follow a request from the outside: `kubectl describe ingress` lists hosts, paths, and the Pods behind each.",
        "/ routes to the Service board, port 80; /api routes to the Service api, port 8000.",
        "`kubectl create ingress quay --rule='arrivals.example.com/*=board:80' --rule='arrivals.example.com/api*=api:8000'`. "
        "If it exists: `kubectl edit ingress quay`.",
    ],
)
def counted(snapshot: Snapshot) -> containers.Findings:
    page, api = "`kubectl get service,endpointslices` shows the Pods behind board.", "`kubectl logs deployment/api` says why."
    yield from containers.first(
        ingress.leads(snapshot, "page", BOARD, PAGE, page),
        ingress.leads(snapshot, "before", API, f'"{TABLE}"', api),
        objects.answers(snapshot, "arrival", "ingress", "id", api, 201),
        tiers.row(snapshot, "arrival", "rows", TABLE, "DATABASE_HOST of api must resolve to database-0."),
        tiers.grew(snapshot, "before", "back", TABLE, api),
    )


@check(
    "cached",
    "The second of two requests in a row is answered from the cache",
    needs=["counted"],
    hints=[
        "`GET /api/arrivals` says under `from` who knew the number.",
        "api uses a cache if a variable names one: read the first lines of api/app.py.",
        "`kubectl set env deployment/api CACHE_HOST=cache`, and a Service `cache` with the port 6379",
    ],
)
def cached(snapshot: Snapshot) -> containers.Findings:
    sources = [tiers.body(snapshot, name).get("from", "neither") for name in ("back", "again")]
    if sources[1] != CACHE:
        api = snapshot.require("Deployment", API)
        why = "" if "CACHE_HOST" in json.dumps(api["spec"]["template"]) else "Nothing in its template says CACHE_HOST."
        message = "Asked twice in a row, api has answered from the database both times."
        hint = "Give api the variable CACHE_HOST with the name of the cache's Service."
        yield Finding(message, subject(api), "from", ["database", "cache"], sources, why, hint)


@check(
    "kept",
    "The database keeps its rows on a claim, and they have survived a Pod",
    points=2,
    needs=["counted"],
    hints=[
        "`kubectl get pvc` lists the claims; compare `kubectl get pod database-0` with the first arrival: which is older?",
        "A StatefulSet creates a claim for each Pod from `volumeClaimTemplates`. PostgreSQL has its files in "
        "/var/lib/postgresql/data.",
        "With the claim mounted there: let a ship arrive, `kubectl delete pod database-0`, and wait until it is ready again.",
    ],
)
def kept(snapshot: Snapshot) -> containers.Findings:
    database = snapshot.require("StatefulSet", DATABASE)
    yield from containers.first(
        tiers.on_a_claim(
            snapshot, database, DATABASE_IMAGE, DATA, "Delete the StatefulSet, write the claim into it, apply it again."
        ),
        tiers.survived(snapshot, database, "rows", TABLE),
    )


@check(
    "probed",
    "The cluster probes whether api is alive and whether it is ready, each by the right path",
    points=2,
    needs=["running"],
    hints=[
        "api answers two questions. Which of them may depend on others?",
        "Restarting a process does not bring back a database that is away: the probe that restarts it must not depend on it.",
        "livenessProbe: httpGet path /health, port 8000. readinessProbe: httpGet path /ready, port 8000.",
    ],
)
def probed(snapshot: Snapshot) -> containers.Findings:
    api = snapshot.require("Deployment", API)
    for name, path in PROBES.items():
        yield from tiers.asks(api, API_IMAGE, name, path, API_PORT, "Correct it in the Deployment api, and apply it.")
    yield from objects.answers(snapshot, "alive", f"service/{API}", "alive", "`kubectl get service api` shows its port.")
    yield from tiers.depends(snapshot, "alone", api, PROBES["readinessProbe"], "Build the image from api/app.py as it was.")


@check(
    "bounded",
    "The namespace has its budget, and every container says what it needs",
    points=2,
    needs=["running"],
    hints=[
        "`kubectl describe quota` shows the budget and how much of it is used.",
        "A budget is a ResourceQuota; each container must say what it counts: under `resources`, `requests` and `limits`.",
        "`kubectl create quota quay --hard=requests.cpu=1,requests.memory=1Gi,limits.memory=2Gi`. If it exists: `kubectl edit "
        "quota quay`.",
    ],
)
def bounded(snapshot: Snapshot) -> containers.Findings:
    quota = snapshot.object("ResourceQuota", QUOTA)
    hint = "`kubectl edit quota quay` changes it." if quota else "`kubectl create quota quay --hard=…` creates it."
    hard = (quota or {}).get("spec", {}).get("hard") or {}
    yield from containers.first(
        objects.exists(snapshot, "ResourceQuota", QUOTA, hint),
        pod_resources.amounts(quota, "spec.hard", HARD, hard, "under hard", hint) if quota else (),
        _said(snapshot),
    )


def _said(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for each container that does not say what the budget counts: those older than it were not asked."""
    for pod in snapshot.pods():
        for container in pod["spec"]["containers"]:
            resources = container.get("resources") or {}
            lacking = [name for name in HARD if not _amount(resources, name)]
            if lacking and not pod["metadata"].get("deletionTimestamp"):
                message = f"The container {container['name']} of {name_of(pod)} says nothing of {', '.join(lacking)}."
                why = "It is older than the budget, which applies only when a Pod is created, and is not counted by it."
                hint = "`kubectl set resources …` gives it requests and limits."
                yield Finding(message, subject(pod), "resources", list(HARD), resources, why, hint)


def _amount(resources: Json, name: str) -> str | None:
    kind, _, what = name.partition(".")
    return (resources.get(kind) or {}).get(what)


@check(
    "secret",
    "The password is in the Secret, and nowhere else",
    points=2,
    needs=["running"],
    hints=[
        "Anyone who may read a Deployment or a ConfigMap can read everything in it.",
        "A container gets a password by reference: `valueFrom` with a `secretKeyRef`, or a mounted Secret and "
        "DATABASE_PASSWORD_FILE or POSTGRES_PASSWORD_FILE.",
        "`kubectl create secret generic database-password --from-literal=password=…`, unless it exists. Then in database and api "
        "`secretKeyRef` with `name: database-password` and `key: password`.",
    ],
)
def secret(snapshot: Snapshot) -> containers.Findings:
    item, hint = snapshot.object("Secret", SECRET), "`kubectl create secret generic database-password …` creates it."
    yield from containers.first(
        objects.exists(snapshot, "Secret", SECRET, hint),
        configmaps_secrets.secret_text(item, KEY, LEAST, "Create it again, and give it to database and api.") if item else (),
        _asked_for(snapshot),
        texts.written_out(snapshot, item) if item else (),
    )


def _asked_for(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the database refuses connections without a password."""
    database = snapshot.require("StatefulSet", DATABASE)
    for container in database["spec"]["template"]["spec"]["containers"]:
        method = next((variable.get("value") for variable in container.get("env") or () if variable["name"] == OPEN), "")
        if method == "trust":
            message, why = "The database requires no password.", f"{OPEN} is trust: anyone who reaches its port is let in."
            hint = "Take the variable away. A database that was created with it keeps its rules: recreate it."
            yield Finding(message, subject(database), f"env[{OPEN}]", "none", method, why, hint)


@check(
    "reported",
    "Every morning at six the number of arrivals is reported, and there is one report",
    points=2,
    needs=["counted"],
    hints=[
        "`kubectl get cronjobs,jobs` shows the schedule and what came of it.",
        "Work that is done at a time is a CronJob. You do not need to wait until six: you can create a Job from a CronJob now.",
        "Image busybox:1.35, command `wget -q -O - http://api:8000/api/arrivals`, schedule `0 6 * * *`; then "
        "`kubectl create job report-now --from=cronjob/report`.",
    ],
)
def reported(snapshot: Snapshot) -> containers.Findings:
    cron, now = snapshot.object("CronJob", REPORT), "`kubectl create job report-now --from=cronjob/report`"
    printed = "Let it request http://api:8000/api/arrivals and print the answer."
    yield from containers.first(
        objects.exists(snapshot, "CronJob", REPORT, "`kubectl create cronjob --help` shows how to create one."),
        _every_morning(cron) if cron else (),
        _with_image(cron) if cron else (),
        jobs.has_run(snapshot, cron, now) if cron else (),
        objects.printed(snapshot, "reported", f"cronjob/{REPORT}", TABLE, printed),
    )


def _every_morning(cron: Json) -> containers.Findings:
    hint = "The fields are minute, hour, day of the month, month, day of the week."
    yield from jobs.runs_on_schedule(cron, AT_SIX, "every day at 06:00", hint)


def _with_image(cron: Json) -> containers.Findings:
    specs = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    images = [image_name(str(spec.get("image", ""))) for spec in specs]
    if REPORT_IMAGE not in images:
        message, hint = f"{REPORT} runs {', '.join(images)}, not {REPORT_IMAGE}.", f"`image: {REPORT_IMAGE}` in its template."
        yield Finding(
            message, subject(cron), "jobTemplate.spec.template.spec.containers[].image", REPORT_IMAGE, images, hint=hint
        )
