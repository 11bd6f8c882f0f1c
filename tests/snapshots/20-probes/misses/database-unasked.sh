kubectl apply -f program.yaml -f database.yaml
kubectl rollout status deployment database --timeout=60s
