set -x
docker build --quiet --tag quay-api:1 api
docker build --quiet --tag quay-board:1 board
slipway cluster load quay-api:1 quay-board:1
kubectl get secret database-password >/dev/null 2>&1 ||
    python3 -c 'import secrets; print(secrets.token_hex(16), end="")' |
    kubectl create secret generic database-password --from-file=password=/dev/stdin
kubectl apply -f manifests/budget.yaml -f manifests/database.yaml -f manifests/cache.yaml
kubectl rollout status statefulset/database --timeout=120s
kubectl apply -f manifests/api.yaml -f manifests/board.yaml -f manifests/report.yaml
kubectl rollout status deployment/api --timeout=120s
kubectl rollout status deployment/board --timeout=120s
# Record a ship, then delete the database's Pod. Is the ship still there?
port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors --request POST --header 'Host: arrivals.example.com' "http://localhost:$port/api/arrivals"
kubectl delete pod database-0
kubectl rollout status statefulset/database --timeout=120s
kubectl rollout status deployment/api --timeout=120s
curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors --header 'Host: arrivals.example.com' "http://localhost:$port/api/arrivals"
kubectl create job --from=cronjob/report "report-$(date +%s)"
kubectl get jobs,pods
