bash night.sh
kubectl patch deployment tugs -n tugs --patch '{"spec": {"template": {"spec": {"containers": [{"name": "tugs", "readinessProbe": null,
  "command": ["sh", "-c", "python3 /program/harbour.py tugs || sleep 3600"]}]}}}}'
kubectl rollout status deployment tugs -n tugs --timeout=60s
