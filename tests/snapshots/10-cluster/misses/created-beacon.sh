kubectl create -f beacon.yaml
kubectl wait --for=condition=Ready pod/beacon --timeout=60s
