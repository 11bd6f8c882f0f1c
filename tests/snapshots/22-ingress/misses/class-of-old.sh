kubectl apply -f town.yaml -f harbour.yaml
kubectl wait --for=condition=Available deployment --all --timeout=60s
