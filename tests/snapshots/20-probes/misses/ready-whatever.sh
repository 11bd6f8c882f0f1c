kubectl patch deployment harbour --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe", "value": {"exec": {"command": ["sh", "-c", "ls /ready || true"]}, "periodSeconds": 1}}]'
kubectl rollout status deployment/harbour --timeout=60s
