set -x
kubectl get secret db-credentials >/dev/null 2>&1 ||
    python3 -c 'import secrets; print(secrets.token_hex(16), end="")' |
    kubectl create secret generic db-credentials --from-literal=username=appuser --from-file=password=/dev/stdin
kubectl apply -f manifests/config.yaml -f manifests/database.yaml
kubectl rollout status statefulset/postgres --timeout=120s
