sed -i "s/replicas: 1/replicas: 3/; s/app: harbour/app: web/" web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
kubectl set image deployment/web nginx=nginx:1.26
kubectl rollout status deployment web --timeout=90s
