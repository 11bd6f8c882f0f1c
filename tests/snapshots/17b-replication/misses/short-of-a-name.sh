sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof ledger-0 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
# Wait until the members are old enough to tell.
sleep 21
