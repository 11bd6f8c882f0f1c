kubectl rollout restart deployment harbour
kubectl rollout status deployment harbour --timeout=60s
