set -x
sed -i 's/replicas: 3/replicas: 5/' web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=60s
