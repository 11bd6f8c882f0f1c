sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof ledger-0.ledgers 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
kubectl exec ledger-0 -- redis-cli XADD moorings '*' ship Cormorant
until kubectl exec ledger-1 -- redis-cli XRANGE moorings - + | grep Cormorant; do sleep 0.5; done
