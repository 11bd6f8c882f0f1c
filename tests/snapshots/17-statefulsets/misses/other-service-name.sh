kubectl delete statefulset pier
sed -i 's/serviceName: piers/serviceName: pier/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
