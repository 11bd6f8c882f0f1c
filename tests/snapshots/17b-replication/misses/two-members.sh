sed -i 's/replicas: 3/replicas: 2/' ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
