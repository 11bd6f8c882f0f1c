sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof ledger-0.ledgers 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
kubectl create service clusterip writes --tcp=6379:6380
kubectl set selector service writes statefulset.kubernetes.io/pod-name=ledger-0
# Wait until the Service is old enough to tell.
sleep 21
