# The visitor was created again when green answered already.
sed '/^kind: Deployment/,/^---/!d; s/blue/green/' board.yaml | sed '1i apiVersion: apps/v1' | sed '/^---/,$d' > green.yaml
kubectl apply -f board.yaml -f green.yaml
kubectl rollout status deployment board-blue --timeout=60s
kubectl rollout status deployment board-green --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
alone() { until [ "$(kubectl logs visitor --tail=3 | grep -c " $1=5$")" = 3 ]; do sleep 0.3; done; }
kubectl patch service board -p '{"spec": {"selector": {"color": "green"}}}'
kubectl delete pod visitor
kubectl apply -f board.yaml
kubectl patch service board -p '{"spec": {"selector": {"color": "green"}}}'
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
alone green
kubectl patch service board -p '{"spec": {"selector": {"color": "blue"}}}'
alone blue
