kubectl apply -f program.yaml -f yesterday.yaml
kubectl rollout status deployment/tides --timeout=60s
kubectl patch serviceaccount default -p '{"automountServiceAccountToken": false}'
