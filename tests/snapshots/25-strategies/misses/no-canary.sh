# Only what was there.
kubectl apply -f board.yaml -f ferries.yaml
kubectl rollout status deployment ferries --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
