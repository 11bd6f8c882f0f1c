kubectl delete pod web --ignore-not-found
kubectl run web --image=nginx:1.26 --overrides='{"spec": {"containers": [{"name": "nginx", "image": "nginx:1.26"}]}}'
kubectl wait --for=condition=Ready pod/web --timeout=60s
