set -x
kubectl apply --warnings-as-errors -f night.yaml
kubectl rollout status deployment lantern --timeout=60s
