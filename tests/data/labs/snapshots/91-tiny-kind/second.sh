# Another right way: no manifest, one command for each thing, a Deployment is not needed and no name of a container fixed.
kubectl create configmap page --from-literal=index.html='<h1>Still afloat</h1>'
kubectl run tiny --image=busybox:1.35 --labels=run=tiny,tier=web --port=8080 --overrides='{"spec": {
  "terminationGracePeriodSeconds": 0,
  "volumes": [{"name": "page", "configMap": {"name": "page"}}, {"name": "data", "emptyDir": {"medium": "Memory"}}],
  "containers": [{"name": "tiny", "image": "busybox:1.35", "command": ["httpd", "-f", "-p", "9090", "-h", "/page"],
    "volumeMounts": [{"name": "page", "mountPath": "/page"}, {"name": "data", "mountPath": "/data"}]}]}}'
kubectl expose pod tiny --port=80 --target-port=9090 --selector=tier=web
kubectl wait --for=condition=Ready pod tiny --timeout=60s
kubectl exec tiny -- sh -c 'echo kept > /data/note'
kubectl create -f - <<'JSON'
{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "slipway-tiny-pv"}, "spec": {
  "capacity": {"storage": "1Gi"}, "accessModes": ["ReadOnlyMany"], "local": {"path": "/var"},
  "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/os", "operator": "Exists"}]}]}}}}
JSON
printf '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tiny-login"}, "data": {"password": "%s"}}' \
  "$(printf sea-salt-42 | base64)" | kubectl create -f -
