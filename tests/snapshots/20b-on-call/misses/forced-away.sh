bash night.sh
node=$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')
kubectl delete pod lamp-0 -n lamp --force
kubectl rollout status statefulset lamp -n lamp --timeout=60s
docker start "$node"
kubectl uncordon "$node"
# The node may still have the status from before it was stopped: its lease tells whether it has reported again.
morning=$(kubectl get configmap morning -o jsonpath='{.metadata.creationTimestamp}')
until [[ $(kubectl get lease -n kube-node-lease "$node" -o jsonpath='{.spec.renewTime}') > ${morning%Z}.~ ]]; do sleep 0.5; done
kubectl wait --for=condition=Ready node/"$node" --timeout=60s
