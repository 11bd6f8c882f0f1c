kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=120s
kubectl exec ledger-1 -- redis-cli INFO replication
