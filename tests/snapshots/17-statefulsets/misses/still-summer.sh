kubectl scale statefulset pier --replicas=5
kubectl rollout status statefulset/pier --timeout=90s
