sed -i 's/tariff-2027/tariff-2026/' cashier.yaml
kubectl apply -f cashier.yaml
kubectl rollout status deployment/cashier --timeout=60s
