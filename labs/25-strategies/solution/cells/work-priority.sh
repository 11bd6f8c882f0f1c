set -x
kubectl apply -f classes.yaml -f sweepers.yaml
kubectl rollout status deployment sweepers --timeout=60s
kubectl apply -f rescue.yaml
kubectl rollout status deployment rescue --timeout=60s
