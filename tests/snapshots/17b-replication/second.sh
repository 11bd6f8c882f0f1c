# Another right way: a set that starts all at once, with the number from the Pod's label, the primary's full name, a
# configuration on standard input, another container next to Redis, no storage, and a headless Service for the writes.
kubectl create service clusterip ledgers --clusterip=None --tcp=7000:6379
kubectl set selector service ledgers member=ledger
kubectl create -f - <<'JSON'
{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "ledger"},
 "spec": {"replicas": 3, "serviceName": "ledgers", "podManagementPolicy": "Parallel", "selector": {"matchLabels": {"member": "ledger"}},
  "template": {"metadata": {"labels": {"member": "ledger"}},
   "spec": {"terminationGracePeriodSeconds": 1,
    "containers": [
     {"name": "idle", "image": "redis:7", "command": ["sleep", "86400"]},
     {"name": "redis", "image": "redis:7",
      "command": ["bash", "-c", "{ echo protected-mode no; echo repl-diskless-sync-delay 0; (( NUMBER == 0 )) || echo replicaof ledger-0.ledgers.lab-17b-replication.svc.cluster.local 6379; } > /tmp/redis.conf; exec redis-server /tmp/redis.conf"],
      "env": [{"name": "NUMBER", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"}}}],
      "readinessProbe": {"exec": {"command": ["redis-cli", "ping"]}, "periodSeconds": 2}}]}}}}
JSON
kubectl rollout status statefulset/ledger --timeout=90s
echo "XADD moorings * note 'Cormorant, moored at 9' berth 4" | kubectl exec -i ledger-0 -c redis -- redis-cli
kubectl delete pod ledger-1
kubectl create service clusterip writes --clusterip=None --tcp=6379
kubectl set selector service writes apps.kubernetes.io/pod-index=0,member=ledger
kubectl rollout status statefulset/ledger --timeout=60s
