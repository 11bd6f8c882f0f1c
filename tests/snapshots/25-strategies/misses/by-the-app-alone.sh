# The selector of both colors: everyone gets both.
sed '/^kind: Deployment/,/^---/!d; s/blue/green/' board.yaml | sed '1i apiVersion: apps/v1' | sed '/^---/,$d' > green.yaml
kubectl apply -f board.yaml -f green.yaml
kubectl patch service board --type=json -p '[{"op": "remove", "path": "/spec/selector/color"}]'
kubectl rollout status deployment board-blue --timeout=60s
kubectl rollout status deployment board-green --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor --tail=2 | grep -q 'green='; do sleep 0.3; done
