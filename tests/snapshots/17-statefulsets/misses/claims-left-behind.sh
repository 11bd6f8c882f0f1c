kubectl scale statefulset pier --replicas=5
kubectl rollout status statefulset/pier --timeout=90s
kubectl scale statefulset pier --replicas=3
kubectl wait --for=delete pod/pier-3 pod/pier-4 --timeout=60s
