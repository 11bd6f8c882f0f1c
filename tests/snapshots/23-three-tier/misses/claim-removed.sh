kubectl scale statefulset postgres --replicas=0
kubectl wait --for=delete pod/postgres-0 --timeout=60s
kubectl delete pvc data-postgres-0
kubectl scale statefulset postgres --replicas=1
kubectl rollout status statefulset/postgres --timeout=120s
kubectl rollout status deployment/backend --timeout=120s
