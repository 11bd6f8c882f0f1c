kubectl apply -f program.yaml -f yesterday.yaml
kubectl create serviceaccount board
kubectl rollout status deployment/board --timeout=60s
