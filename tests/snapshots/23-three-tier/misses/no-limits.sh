kubectl patch deployment backend -p '{"spec": {"template": {"spec": {"containers": [{"name": "backend", "resources": {"limits": null}}]}}}}'
kubectl rollout status deployment/backend --timeout=120s
