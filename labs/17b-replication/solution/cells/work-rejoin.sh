kubectl exec ledger-0 -- redis-cli XADD moorings '*' ship Cormorant
kubectl exec ledger-2 -- redis-cli XRANGE moorings - +
kubectl exec ledger-2 -- redis-cli XADD moorings '*' ship Gull
kubectl delete pod ledger-1
kubectl rollout status statefulset/ledger --timeout=60s
until kubectl exec ledger-1 -- redis-cli INFO replication | grep status:up; do sleep 0.5; done
kubectl exec ledger-1 -- redis-cli XRANGE moorings - +
