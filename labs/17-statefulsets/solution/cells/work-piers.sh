set -x
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
kubectl get pods,persistentvolumeclaims
