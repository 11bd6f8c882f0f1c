kubectl patch daemonset lookout -p '{"spec": {"template": {"spec": {"nodeSelector": {"disk": "fast"}}}}}'
kubectl wait --for=delete pod -l app=lookout --timeout=60s
