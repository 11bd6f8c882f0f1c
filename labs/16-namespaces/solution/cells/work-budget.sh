set -x
kubectl apply -f budget.yaml
kubectl rollout restart deployment/web -n development
kubectl rollout status deployment/web -n development --timeout=60s
kubectl describe namespace development
