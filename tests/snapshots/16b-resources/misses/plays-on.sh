kubectl apply -f drum.yaml
kubectl wait --for=condition=Ready pod/drum --timeout=60s
