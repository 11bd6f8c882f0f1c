sed -i "s/replicas: 1/replicas: 3/; s/app: web/app: harbour/" web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
