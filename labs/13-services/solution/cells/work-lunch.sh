set -x
pod=$(kubectl get pods -l part=office -o name | head -1)
kubectl exec "$pod" -- rm /www/open
kubectl wait "$pod" --for=condition=Ready=false --timeout=20s
kubectl get pods -l part=office
