kubectl apply -f drum.yaml
kubectl wait --for=condition=Ready pod/drum --timeout=60s
until [ "$(kubectl logs drum | wc -l)" -ge 3 ]; do sleep 0.5; done
kubectl logs drum --tail=3
