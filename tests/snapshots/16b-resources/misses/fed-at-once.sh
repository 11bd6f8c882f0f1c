sed -i 's/memory: 32Mi/memory: 96Mi/' hungry.yaml
kubectl apply -f hungry.yaml
kubectl wait --for=condition=Ready pod/hungry --timeout=60s
