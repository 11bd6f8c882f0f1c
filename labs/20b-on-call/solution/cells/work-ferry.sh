set -x
kubectl get events -n ferry --field-selector reason=Killing
kubectl patch deployment ferry -n ferry --patch '{"spec": {"template": {"spec": {"containers": [
  {"name": "ferry", "startupProbe": {"httpGet": {"path": "/live", "port": 8000}, "periodSeconds": 1, "failureThreshold": 30}}]}}}}'
kubectl rollout status deployment ferry -n ferry --timeout=60s
