set -x
kubectl delete pod harbour --ignore-not-found
kubectl apply -f harbour.yaml
kubectl wait --for=condition=Ready pod/harbour --timeout=60s
