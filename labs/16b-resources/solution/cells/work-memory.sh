kubectl apply -f hungry.yaml -f fed.yaml
kubectl wait --for=condition=Ready pod/fed --timeout=60s
until kubectl get pod hungry -o jsonpath='{.status.containerStatuses[0]}' | grep -q OOMKilled; do sleep 0.3; done
kubectl get pods hungry fed
