sleep 1
kubectl rollout restart deployment/board
kubectl rollout status deployment/board --timeout=60s
