sed -i "s/app: harbour/app: web/" web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
