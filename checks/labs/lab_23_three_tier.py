"""The checks of lab 23: database, backend and frontend on the cluster, from the browser to a row and back, and what they
survive."""

from checks.labs import lab_23_parts as parts
from checks.labs import lab_23_settings as settings
from checks.labs import lab_23_tiers as tiers
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, rollout_availability, services

SECRET, CONFIG = "db-credentials", "app-config"
DATABASE, DATABASE_IMAGE, DATA = "postgres", "postgres:15", "/var/lib/postgresql/data"
BACKEND, BACKENDS, API_PORT = "backend", 3, 8000
FRONTEND, FRONTENDS, WEB_PORT = "frontend", 2, 80
OLD, NEW, PAGE_IMAGE = "harbour-backend:1", "harbour-backend:2", "harbour-frontend:1"
TABLE = "visits"
PROBES = {"livenessProbe": "/health", "readinessProbe": "/ready"}


@check(
    "images-loaded",
    "harbour-backend:1 and harbour-frontend:1 are in the nodes as they were built",
    hints=[
        "`docker images harbour-backend` shows what the engine has. The nodes have their own store.",
        "Build both with `docker build --tag NAME FOLDER`, then `slipway cluster load NAME`.",
        "`docker build --tag harbour-backend:1 backend`, `docker build --tag harbour-frontend:1 frontend`, then "
        "`slipway cluster load harbour-backend:1 harbour-frontend:1`.",
    ],
)
def images_loaded(snapshot: Snapshot) -> containers.Findings:
    yield from tiers.in_nodes(snapshot, "images", {OLD: BACKEND, PAGE_IMAGE: FRONTEND})


@check(
    "configured",
    "The Secret db-credentials and the ConfigMap app-config have what the tiers need",
    hints=[
        "`kubectl get secret,configmap` lists them, `kubectl describe` shows their keys.",
        "The ConfigMap is in manifests/config.yaml. A Secret is created without a file: `kubectl create secret generic`.",
        "`kubectl create secret generic db-credentials --from-literal=username=appuser --from-literal=password=…` and "
        "`kubectl apply -f manifests/config.yaml`. If the Secret exists, first `kubectl delete secret db-credentials`.",
    ],
)
def configured(snapshot: Snapshot) -> containers.Findings:
    yield from containers.first(
        objects.exists(snapshot, "Secret", SECRET, "`kubectl create secret generic db-credentials …` creates it."),
        settings.keys(snapshot, SECRET),
    )
    yield from containers.first(
        objects.exists(snapshot, "ConfigMap", CONFIG, "`kubectl apply -f manifests/config.yaml` creates it."),
        settings.values(snapshot, CONFIG),
    )


@check(
    "database-ready",
    "The StatefulSet postgres runs the database behind a headless Service",
    points=2,
    needs=["configured"],
    hints=[
        "`kubectl get statefulset,pods,service` shows how far it is; `kubectl logs postgres-0` what the database says.",
        "The image does not start without POSTGRES_PASSWORD. A headless Service is one with `clusterIP: None`.",
        "Under `env` three entries: POSTGRES_USER and POSTGRES_PASSWORD with `secretKeyRef`, POSTGRES_DB with "
        "`configMapKeyRef`. In a second document a Service `postgres` with `clusterIP: None`, the selector `app: postgres` "
        "and port 5432.",
    ],
)
def database_ready(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete manifests/database.yaml, then `kubectl apply -f manifests/database.yaml`."
    yield from containers.first(
        objects.exists(snapshot, "StatefulSet", DATABASE, hint),
        tiers.part_runs(snapshot, "StatefulSet", DATABASE, 1, (DATABASE_IMAGE,), hint),
        objects.exists(snapshot, "Service", DATABASE, "The backend finds the database by the Service’s name."),
        tiers.headless(snapshot, DATABASE),
    )


@check(
    "database-claim",
    "The database's files are on a claim",
    needs=["database-ready"],
    hints=[
        "`kubectl get pvc` lists the claims. A StatefulSet creates one for each Pod, from a template.",
        "`volumeClaimTemplates` goes next to `template`; the container mounts it by its name, where PostgreSQL has its files.",
        "`volumeMounts` with `name: data` and `mountPath: /var/lib/postgresql/data`; `volumeClaimTemplates` with `name: data`, "
        "`accessModes: [ReadWriteOnce]`, `storage: 1Gi`. To change the template of claims, delete the StatefulSet first.",
    ],
)
def database_claim(snapshot: Snapshot) -> containers.Findings:
    hint = "Delete the StatefulSet, complete its file, apply it again."
    yield from tiers.on_a_claim(snapshot, snapshot.require("StatefulSet", DATABASE), DATABASE_IMAGE, DATA, hint)


@check(
    "backend-ready",
    "Three Pods of backend are ready, and its Service routes to them",
    points=3,
    needs=["database-ready", "images-loaded"],
    hints=[
        "Running is not ready. `kubectl logs deployment/backend` says what the Pods wait for: read the message to its end.",
        "The message shows a name that is not a user: $(DB_USER), as written in the file. Kubernetes replaces $(NAME) only by "
        "variables that it knows already. Read manifests/backend.yaml from top to bottom, as Kubernetes does.",
        "Move DATABASE_URL below DB_USER and DB_PASSWORD, then `kubectl apply -f manifests/backend.yaml`.",
    ],
)
def backend_ready(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl logs deployment/backend` and `kubectl get pods -l app=backend` say how they are."
    apply = "`kubectl apply -f manifests/backend.yaml` creates Deployment and Service."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", BACKEND, apply),
        _expanded(snapshot),
        tiers.part_runs(snapshot, "Deployment", BACKEND, BACKENDS, (OLD, NEW), hint),
        objects.exists(snapshot, "Service", BACKEND, apply),
        tiers.leads_to_pods(snapshot, BACKEND, API_PORT, BACKENDS),
    )


def _expanded(snapshot: Snapshot) -> containers.Findings:
    yield from parts.unexpanded(snapshot, snapshot.require("Deployment", BACKEND))


@check(
    "backend-probes",
    "The cluster probes whether backend is alive and whether it is ready",
    needs=["backend-ready"],
    hints=[
        "A Pod that is not ready gets no requests; one that does not live is started again.",
        "Which of the two may depend on the database? Restarting the backend does not repair a database.",
        "livenessProbe: httpGet path /health, port 8000. readinessProbe: httpGet path /ready, port 8000.",
    ],
)
def backend_probes(snapshot: Snapshot) -> containers.Findings:
    backend = snapshot.require("Deployment", BACKEND)
    for name, path in PROBES.items():
        yield from tiers.asks(backend, OLD, name, path, API_PORT, "Correct it in manifests/backend.yaml and apply it.")
    yield from objects.answers(snapshot, "alive", "service/backend", "alive", "`kubectl logs deployment/backend`")
    yield from tiers.depends(snapshot, "alone", backend, PROBES["readinessProbe"], "Build the image from app.py as it was.")


@check(
    "backend-resources",
    "Each backend requests 50m CPU and 64Mi memory, and is limited to 500m and 256Mi",
    needs=["backend-ready"],
    hints=[
        "`kubectl describe deployment backend` shows requests and limits; without them the scheduler guesses.",
        "They are under the container's `resources`: `requests` and `limits`, each with `cpu` and `memory`.",
        "requests: cpu 50m, memory 64Mi; limits: cpu 500m, memory 256Mi. Then apply the file.",
    ],
)
def backend_resources(snapshot: Snapshot) -> containers.Findings:
    yield from settings.resources(snapshot.require("Deployment", BACKEND), OLD.partition(":")[0])


@check(
    "frontend-ready",
    "Two Pods of frontend are ready, behind a Service of the type LoadBalancer",
    points=2,
    needs=["images-loaded"],
    hints=[
        "`kubectl get deployment,service frontend` shows both.",
        "The Deployment is complete in manifests/frontend.yaml. The Service is yours: type, selector, port.",
        "kind Service, name frontend, `type: LoadBalancer`, selector `app: frontend`, port 80.",
    ],
)
def frontend_ready(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f manifests/frontend.yaml`, then `kubectl get pods -l app=frontend`."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", FRONTEND, hint),
        tiers.part_runs(snapshot, "Deployment", FRONTEND, FRONTENDS, (PAGE_IMAGE,), hint),
        objects.exists(snapshot, "Service", FRONTEND, "Write it below the Deployment in manifests/frontend.yaml."),
        _balanced(snapshot),
    )


def _balanced(snapshot: Snapshot) -> containers.Findings:
    service, hint = snapshot.require("Service", FRONTEND), "Write `type: LoadBalancer` under spec."
    yield from services.of_type(service, "LoadBalancer", hint)
    yield from tiers.leads_to_pods(snapshot, FRONTEND, WEB_PORT, FRONTENDS)


@check(
    "whole-path",
    "A visit goes from the browser through the Ingress to a row in the database, and back",
    points=3,
    needs=["backend-ready", "frontend-ready"],
    hints=[
        "`kubectl describe ingress myapp` lists hosts, paths, and the Pods behind each.",
        "/ routes to frontend, port 80. /api routes to backend, port 8000. The longest path that matches wins.",
        "Under `paths` a second entry: `path: /api`, `pathType: Prefix`, and as backend the service `backend` with the port "
        "number 8000.",
    ],
)
def whole_path(snapshot: Snapshot) -> containers.Findings:
    leads = "DATABASE_URL must name the Service postgres and the database appdb."
    yield from containers.first(
        parts.page(snapshot),
        parts.api(snapshot),
        tiers.row(snapshot, "arrival", "rows", TABLE, leads),
        tiers.grew(snapshot, "before", "back", TABLE, "`kubectl logs deployment/backend` says how the requests went."),
    )


@check(
    "update-unnoticed",
    "backend went from version 1 to version 2, and the visitor did not notice",
    points=3,
    needs=["backend-ready"],
    hints=[
        "`kubectl logs visitor | grep failed` shows what the visitor has seen, `kubectl rollout history deployment/backend` "
        "the updates.",
        "Two things cost requests: Pods that are missing meanwhile (`maxUnavailable`), and Pods that end while others still "
        "send them requests (`preStop`). The visitor must run before the update begins.",
        "In manifests/backend.yaml: strategy.rollingUpdate.maxUnavailable 0, and lifecycle.preStop.sleep.seconds 10. Apply it, "
        "let the visitor run, then `kubectl set image deployment/backend backend=harbour-backend:2`.",
    ],
)
def update_unnoticed(snapshot: Snapshot) -> containers.Findings:
    backend = snapshot.require("Deployment", BACKEND)
    hint = "Build it right, then once more: `kubectl rollout restart deployment/backend` is an update as well."
    yield from containers.first(
        parts.updated(snapshot, backend, OLD, NEW),
        rollout_availability.unnoticed(snapshot, "visitor", backend, hint),
        parts.says_version(snapshot, "visitor", "2", NEW),
    )


@check(
    "backend-replaced",
    "A Pod of backend was lost, and another one has taken its place",
    needs=["update-unnoticed"],
    hints=[
        "Delete the Pod, not only the process in it.",
        "`kubectl get pods -l app=backend` lists them. What creates another one?",
        "`kubectl delete pod NAME`, with the name of one of them.",
    ],
)
def backend_replaced(snapshot: Snapshot) -> containers.Findings:
    backend = snapshot.require("Deployment", BACKEND)
    yield from rollout_availability.replaced(snapshot, backend, "`kubectl delete pod NAME` takes one away.")


@check(
    "row-survived",
    "The database has a row that is older than its Pod",
    points=2,
    needs=["database-claim", "whole-path"],
    hints=[
        "Compare `kubectl get pod postgres-0` with the first visit: which is older?",
        "The Pod must be deleted after the first visit. The claim must not be.",
        "Open the page once, then `kubectl delete pod postgres-0`, and wait until it is ready again.",
    ],
)
def row_survived(snapshot: Snapshot) -> containers.Findings:
    yield from tiers.survived(snapshot, snapshot.require("StatefulSet", DATABASE), "rows", TABLE)
