set -x
kubectl apply -f config.yaml -f board.yaml
kubectl rollout status deployment/board --timeout=60s
