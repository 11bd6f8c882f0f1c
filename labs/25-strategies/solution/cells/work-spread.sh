set -x
kubectl apply -f pilots.yaml
kubectl rollout status deployment pilots --timeout=60s
