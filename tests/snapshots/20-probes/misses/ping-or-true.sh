kubectl patch deployment database --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe", "value": {"exec": {"command": ["sh", "-c", "redis-cli ping || true"]}, "periodSeconds": 2}}]'
kubectl rollout status deployment/database --timeout=60s
