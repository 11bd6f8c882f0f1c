set -x
kubectl delete pod rowboat ferry tanker --ignore-not-found
kubectl apply -f ships.yaml
kubectl wait --for=condition=Ready pod/rowboat pod/ferry pod/tanker --timeout=60s
