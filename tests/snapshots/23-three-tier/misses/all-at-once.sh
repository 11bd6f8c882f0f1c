kubectl patch deployment backend -p '{"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}}}'
kubectl rollout restart deployment/backend
kubectl rollout status deployment/backend --timeout=120s
