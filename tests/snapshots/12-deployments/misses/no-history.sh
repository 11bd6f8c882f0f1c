sed -i "s/replicas: 1/replicas: 3/; s/app: harbour/app: web/" web.yaml
sed -i 's/^  replicas: 3/  replicas: 3\n  revisionHistoryLimit: 0/' web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
kubectl set image deployment/web nginx=nginx:1.26
kubectl rollout status deployment web --timeout=90s
until [ "$(kubectl get replicasets --no-headers | wc -l)" = 1 ]; do sleep 0.3; done
