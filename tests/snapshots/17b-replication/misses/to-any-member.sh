sed -i "s/^              exec redis-server.*/              [ \"\$(hostname)\" = ledger-0 ] || primary='--replicaof ledger-0.ledgers 6379'\n& \$primary/" ledger.yaml
kubectl apply -f ledger.yaml
kubectl rollout status statefulset/ledger --timeout=90s
kubectl create service clusterip writes --tcp=6379
kubectl set selector service writes app=ledger
until [ "$(kubectl get endpointslices -l kubernetes.io/service-name=writes -o jsonpath='{.items[*].endpoints[*].addresses[0]}' | wc -w)" = 3 ]; do sleep 0.5; done
