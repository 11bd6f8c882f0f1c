set -x
kubectl apply -f access.yaml -f program.yaml -f board.yaml -f tides.yaml
kubectl delete rolebinding quick-fix --ignore-not-found
kubectl rollout status deployment/board --timeout=60s
