kubectl run drum --image=busybox:1.35 --overrides='{"spec": {"containers": [{"name": "drum", "image": "busybox:1.35", "args": ["sleep", "86400"], "resources": {"limits": {"cpu": "50m"}}}]}}'
kubectl wait --for=condition=Ready pod/drum --timeout=60s
# Wait until the Pod is old enough to tell.
sleep 11
