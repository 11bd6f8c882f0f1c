set -x
kubectl apply -f board.yaml
kubectl rollout status deployment/board --timeout=60s
