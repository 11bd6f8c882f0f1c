bash night.sh
kubectl patch deployment ferry -n ferry --type=json --patch '[{"op": "replace", "path": "/spec/template/spec/containers/0/livenessProbe/failureThreshold", "value": 60}]'
kubectl rollout status deployment ferry -n ferry --timeout=60s
