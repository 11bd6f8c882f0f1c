kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
address=$(kubectl get pod ledger-0 -o jsonpath='{.status.podIP}')
sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof $address 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
