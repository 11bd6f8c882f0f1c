kubectl delete pod herald --ignore-not-found
kubectl apply -f herald.yaml
kubectl wait --for=condition=Ready pod/herald --timeout=60s
kubectl logs herald
