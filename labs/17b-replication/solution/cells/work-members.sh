set -x
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
