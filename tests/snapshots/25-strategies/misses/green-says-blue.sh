# Copied, and the name changed: the value of COLOR is still blue.
sed '/^kind: Deployment/,/^---/!d; s/blue/green/' board.yaml | sed '1i apiVersion: apps/v1' | sed '/^---/,$d' | sed 's/value: green/value: blue/' > green.yaml
kubectl apply -f board.yaml -f green.yaml
kubectl rollout status deployment board-blue --timeout=60s
kubectl rollout status deployment board-green --timeout=60s
