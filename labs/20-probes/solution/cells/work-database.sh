set -x
kubectl apply -f database.yaml
kubectl rollout status deployment database --timeout=60s
