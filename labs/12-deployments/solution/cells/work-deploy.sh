set -x
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=60s
kubectl get deployments,replicasets,pods
