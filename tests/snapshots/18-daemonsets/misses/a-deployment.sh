kubectl apply -f three.yaml
kubectl rollout status deployment/lookout --timeout=60s
