kubectl delete pod web --ignore-not-found
sed -i 's/nginx:1.62/nginx:1.22/; s/cpu: "64"/cpu: 100m/' web.yaml
kubectl apply -f web.yaml
kubectl wait --for=condition=Ready pod/web --timeout=60s
