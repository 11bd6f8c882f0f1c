kubectl apply -f hungry.yaml -f fed.yaml -f drum.yaml
kubectl wait --for=condition=Ready pod/fed pod/drum --timeout=60s
until kubectl get pod hungry -o jsonpath='{.status.containerStatuses[0]}' | grep -q OOMKilled; do sleep 0.3; done
until [ "$(kubectl logs drum | wc -l)" -ge 3 ]; do sleep 0.5; done
kubectl logs drum --tail=3
