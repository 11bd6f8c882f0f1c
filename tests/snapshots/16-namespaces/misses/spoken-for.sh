kubectl create namespace development
kubectl apply -n development -f ships.yaml
kubectl wait -n development --for=condition=Ready pod/rowboat --timeout=60s
