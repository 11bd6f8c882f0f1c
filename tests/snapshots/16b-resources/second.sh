# Another right way: JSON and kubectl's own commands, other amounts in other units, and manifests from standard input.
kubectl run rowboat --image=busybox:1.35 -- sleep 86400
kubectl run ferry --image=busybox:1.35 --overrides='{"spec": {"containers": [{"name": "x", "image": "busybox:1.35", "args": ["sleep", "86400"], "resources": {"limits": {"cpu": "30m"}}}]}}'
kubectl run tanker --image=busybox:1.35 --overrides='{"spec": {"containers": [{"name": "x", "image": "busybox:1.35", "args": ["sleep", "86400"],
  "resources": {"requests": {"cpu": "0.02", "memory": "8Mi"}, "limits": {"cpu": "20m", "memory": "8Mi"}}}]}}'
kubectl create -f hungry.yaml
sed 's/name: hungry/name: fed/; s/memory: 32Mi/memory: 100663296/' hungry.yaml | kubectl create -f -
python3 -c 'import sys; print(sys.stdin.read().rstrip() + "\n      resources: {limits: {cpu: 0.05}}")' < drum.yaml | kubectl create -f -
kubectl wait --for=condition=Ready pod/rowboat pod/ferry pod/tanker pod/fed pod/drum --timeout=60s
until kubectl get pod hungry -o jsonpath='{.status.containerStatuses[0]}' | grep -q OOMKilled; do sleep 0.3; done
