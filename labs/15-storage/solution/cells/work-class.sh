set -x
kubectl apply -f archive-claim.yaml
kubectl get pvc archive-claim
kubectl apply -f archive.yaml
kubectl wait --for=condition=Ready pod/archive --timeout=60s
kubectl get pvc archive-claim
