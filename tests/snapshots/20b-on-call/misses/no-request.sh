bash night.sh
kubectl patch deployment berths -n berths --type=json --patch '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]'
kubectl rollout status deployment berths -n berths --timeout=60s
