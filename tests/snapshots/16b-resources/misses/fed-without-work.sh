kubectl apply -f hungry.yaml
kubectl run fed --image=busybox:1.35 --overrides='{"spec": {"containers": [{"name": "fed", "image": "busybox:1.35", "args": ["sleep", "86400"], "resources": {"limits": {"memory": "96Mi"}}}]}}'
kubectl wait --for=condition=Ready pod/fed --timeout=60s
until kubectl get pod hungry -o jsonpath='{.status.containerStatuses[0]}' | grep -q OOMKilled; do sleep 0.3; done
