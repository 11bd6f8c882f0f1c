kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
for number in 1 2; do kubectl exec ledger-$number -- redis-cli REPLICAOF ledger-0.ledgers 6379; done
kubectl exec ledger-0 -- redis-cli XADD moorings '*' ship Cormorant
until kubectl exec ledger-1 -- redis-cli XRANGE moorings - + | grep Cormorant; do sleep 0.5; done
kubectl delete pod ledger-1
kubectl rollout status statefulset/ledger --timeout=60s
