set -x
kubectl apply -f manifests/backend.yaml
kubectl rollout status deployment/backend --timeout=120s
