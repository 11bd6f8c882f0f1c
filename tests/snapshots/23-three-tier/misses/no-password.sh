kubectl create secret generic db-credentials --from-literal=username=appuser --from-literal=password=Fernweh2026
kubectl apply -f manifests/config.yaml -f manifests/database.yaml
until kubectl get pod postgres-0 -o jsonpath='{.status.containerStatuses[0].restartCount}' 2>/dev/null | grep -q '[1-9]'; do sleep 0.5; done
