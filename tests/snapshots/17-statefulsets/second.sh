# Another right way: JSON, other labels, a sidecar, another readiness, the Service made by commands and before the set, the
# seasons before the replacement, the entry through standard input, and the whole set restarted afterwards.
kubectl create service clusterip piers --clusterip=None --tcp=8080
kubectl set selector service piers app=pier
kubectl create -f - <<'JSON'
{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "pier"},
 "spec": {"replicas": 1, "serviceName": "piers", "selector": {"matchLabels": {"role": "clerk"}},
  "template": {"metadata": {"labels": {"role": "clerk", "app": "pier"}},
   "spec": {"terminationGracePeriodSeconds": 0,
    "initContainers": [{"name": "idle", "image": "busybox:1.35", "command": ["sleep", "86400"], "restartPolicy": "Always"}],
    "containers": [
     {"name": "clerk", "image": "busybox:1.35",
      "command": ["sh", "-c", "echo \"$(date -u +%FT%TZ) $(hostname) opened by $POD_UID\" >> /book/log; exec httpd -f -p 8080 -h /book"],
      "env": [{"name": "POD_UID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}}],
      "readinessProbe": {"exec": {"command": ["test", "-s", "/book/log"]}, "periodSeconds": 1},
      "volumeMounts": [{"name": "book", "mountPath": "/book/"}]}]}},
  "volumeClaimTemplates": [{"metadata": {"name": "book", "labels": {"owner": "me"}},
   "spec": {"accessModes": ["ReadWriteOncePod"], "resources": {"requests": {"storage": "2Mi"}}}}]}}
JSON
kubectl patch statefulset pier --type=json -p '[{"op": "replace", "path": "/spec/replicas", "value": 5}]'
timeout 120 kubectl rollout status statefulset/pier
printf '09:00 moored Albatross, for two nights\n' | kubectl exec -i pier-1 -c clerk -- tee -a /book/log
kubectl delete pod pier-1
kubectl patch statefulset pier -p '{"spec": {"replicas": 3}}'
kubectl wait --for=delete pod/pier-4 pod/pier-3 --timeout=60s
kubectl delete persistentvolumeclaim/book-pier-4
kubectl rollout restart statefulset/pier
timeout 60 kubectl rollout status statefulset/pier
