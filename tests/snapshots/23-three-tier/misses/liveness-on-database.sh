kubectl patch deployment backend -p '{"spec": {"template": {"spec": {"containers": [{"name": "backend", "livenessProbe": {"httpGet": {"path": "/ready"}}}]}}}}'
kubectl rollout status deployment/backend --timeout=120s
