set -x
node=$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')
docker ps --all --filter name="$node" --format '{{.Names}}  {{.Status}}'
docker start "$node"
kubectl uncordon "$node"
{ set +x; } 2>/dev/null
# The status of the node may still be the one from before: the lamp itself tells.
until kubectl exec -n lamp lamp-0 -- cat /journal/book 2>/dev/null; do sleep 0.5; done
kubectl wait --for=condition=Ready node/"$node" --timeout=60s
kubectl wait --for=condition=Ready pod/lamp-0 -n lamp --timeout=60s
