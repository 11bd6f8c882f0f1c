sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof ledger-0.ledgers 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
until kubectl exec ledger-2 -- redis-cli INFO replication | grep status:up; do sleep 0.5; done
kubectl exec ledger-2 -- redis-cli XADD moorings '*' ship Cormorant
kubectl delete pod ledger-1
kubectl rollout status statefulset/ledger --timeout=60s
