set -x
node=$(kubectl get nodes -l '!node-role.kubernetes.io/control-plane' -o jsonpath='{.items[0].metadata.name}')
docker exec "$node" sh -c 'rm -rf /var/local/harbour && mkdir -p /var/local/harbour'
sed -i "s/\[NODE\]/[$node]/" volume.yaml
kubectl apply -f volume.yaml -f claim.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/harbour-claim --timeout=40s
