set -x
kubectl apply -f board.yaml -f green.yaml
kubectl rollout status deployment board-blue --timeout=60s
kubectl rollout status deployment board-green --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
{ set +x; } 2>/dev/null
alone() { until [ "$(kubectl logs visitor --tail=3 | grep -c " $1=5$")" = 3 ]; do sleep 0.5; done; }
alone blue
set -x
kubectl patch service board -p '{"spec": {"selector": {"color": "green"}}}'
alone green
kubectl patch service board -p '{"spec": {"selector": {"color": "blue"}}}'
alone blue
