kubectl apply -f program.yaml -f yesterday.yaml
kubectl create serviceaccount board
kubectl patch deployment board -p '{"spec": {"template": {"spec": {"serviceAccountName": "board"}}}}'
kubectl patch deployment board -p '{"spec": {"template": {"spec": {
  "volumes": [{"name": "customs", "projected": {"sources": [{"serviceAccountToken": {"path": "token", "audience": "customs", "expirationSeconds": 600}}]}}],
  "containers": [{"name": "board", "volumeMounts": [{"name": "customs", "mountPath": "/var/run/customs"}]}]}}}}'
kubectl rollout status deployment/tides --timeout=60s
kubectl rollout status deployment/board --timeout=60s
