# The folder is removed from the node, as on a node where it has never been.
kubectl scale deployment/logbook --replicas=0
kubectl wait --for=delete pod -l app=logbook --timeout=30s
node=$(kubectl get pv harbour-pv -o jsonpath='{.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]}')
docker exec "$node" rm -rf /var/local/harbour
kubectl scale deployment/logbook --replicas=1
until kubectl get events | grep -q 'is not a directory'; do sleep 0.5; done
# A mount that fails is tried again for a minute before it counts as stuck.
sleep 25
