kubectl apply -f radio.yaml
kubectl rollout status deployment/radio --timeout=60s
