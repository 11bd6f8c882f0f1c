# Another right way: JSON, tolerations without a key, nodeAffinity instead of a selector, the whole of /var/log mounted and
# read through the links in it, everything at once.
kubectl delete deployment lookout --ignore-not-found
kubectl create -f - <<'JSON'
{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "lookout"},
 "spec": {"selector": {"matchLabels": {"role": "eyes"}},
  "template": {"metadata": {"labels": {"role": "eyes"}},
   "spec": {"terminationGracePeriodSeconds": 0, "tolerations": [{"operator": "Exists"}],
    "containers": [{"name": "eyes", "image": "busybox:1.35", "command": ["sh", "-c", "while uptime; do sleep 1; done"]}]}}}}
JSON
kubectl create -f - <<'JSON'
{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "warden"},
 "spec": {"selector": {"matchLabels": {"app": "warden"}},
  "template": {"metadata": {"labels": {"app": "warden"}},
   "spec": {"terminationGracePeriodSeconds": 0,
    "tolerations": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
     {"matchExpressions": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]}]}}},
    "containers": [{"name": "warden", "image": "busybox:1.35", "command": ["sleep", "86400"]}]}}}}
JSON
kubectl apply -f archive.yaml
sed -e 's#/var/lib/docker/containers/\*/\*.log#/var/log/containers/*.log#' -e 's#/var/lib/docker/containers$#/var/log#' \
  -e 's#^\( *\)mountPath: /var/log$#&\n\1readOnly: true#' -e 's#key: node-role.*#operator: Exists#' collector.yaml | kubectl create -f -
for each in lookout warden collector; do kubectl rollout status daemonset/$each --timeout=60s; done
kubectl rollout status deployment/archive --timeout=60s
