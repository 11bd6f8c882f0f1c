set -x
kubectl apply -f tariff.yaml
kubectl apply -f cashier.yaml
kubectl rollout status deployment/cashier --timeout=60s
