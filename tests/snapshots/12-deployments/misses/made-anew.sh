sed -i "s/replicas: 1/replicas: 3/; s/app: harbour/app: web/" web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
kubectl delete -f web.yaml --wait
sed -i 's/nginx:1.22/nginx:1.26/' web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
