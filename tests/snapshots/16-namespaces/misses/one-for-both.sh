kubectl create namespace development
kubectl apply -n development -f development.yaml
kubectl apply -f development.yaml
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status -n development deployment/web --timeout=60s
