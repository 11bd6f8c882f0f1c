# Switched before there was any Pod of green.
sed '/^kind: Deployment/,/^---/!d; s/blue/green/' board.yaml | sed '1i apiVersion: apps/v1' | sed '/^---/,$d' > green.yaml
kubectl apply -f board.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
alone() { until [ "$(kubectl logs visitor --tail=3 | grep -c " $1=5$")" = 3 ]; do sleep 0.3; done; }
alone blue
kubectl patch service board -p '{"spec": {"selector": {"color": "green"}}}'
until [ "$(kubectl logs visitor | sed '1,/blue=5/d' | grep -c 'failed=5')" -ge 2 ]; do sleep 0.3; done
kubectl apply -f green.yaml
alone green
kubectl patch service board -p '{"spec": {"selector": {"color": "blue"}}}'
alone blue
kubectl rollout status deployment board-green --timeout=60s
