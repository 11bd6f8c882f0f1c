set -x
kubectl delete pod web --ignore-not-found
kubectl apply -f web.yaml
kubectl wait --for=condition=Ready pod/web --timeout=60s
kubectl get pod web --show-labels
