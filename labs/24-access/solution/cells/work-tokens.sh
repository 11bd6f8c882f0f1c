set -x
kubectl apply -f tides.yaml
kubectl rollout status deployment/tides --timeout=60s
