set -x
kubectl apply -f ferries.yaml -f canary.yaml
kubectl rollout status deployment ferries --timeout=60s
kubectl rollout status deployment ferries-canary --timeout=60s
