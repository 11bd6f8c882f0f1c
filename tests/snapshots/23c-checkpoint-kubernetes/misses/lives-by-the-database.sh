kubectl patch deployment api -p '{"spec": {"template": {"spec": {"containers": [{"name": "api", "livenessProbe": {"httpGet": {"path": "/ready"}}}]}}}}'
kubectl rollout status deployment/api --timeout=120s
until [ "$(kubectl get pods -l app=api -o name | wc -l)" = 3 ]; do sleep 0.5; done
