kubectl patch deployment harbour --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/livenessProbe", "value": {"exec": {"command": ["cat", "/program/harbour.py"]}, "periodSeconds": 2}}]'
kubectl rollout status deployment/harbour --timeout=60s
