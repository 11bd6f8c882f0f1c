set -x
kubectl apply -f manifests/frontend.yaml -f manifests/ingress.yaml
kubectl rollout status deployment/frontend --timeout=120s
