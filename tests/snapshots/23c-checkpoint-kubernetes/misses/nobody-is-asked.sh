kubectl set env statefulset/database POSTGRES_HOST_AUTH_METHOD=trust
kubectl rollout status statefulset/database --timeout=120s
kubectl rollout status deployment/api --timeout=120s
