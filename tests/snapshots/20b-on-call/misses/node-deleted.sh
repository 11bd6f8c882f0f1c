bash night.sh
node=$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')
kubectl delete node "$node"
docker start "$node"
until kubectl get node "$node"; do sleep 0.5; done
kubectl wait --for=condition=Ready node/"$node" --timeout=60s
