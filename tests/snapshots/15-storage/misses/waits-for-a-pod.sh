kubectl delete pod archive
kubectl delete pvc archive-claim
kubectl apply -f archive-claim.yaml
until kubectl get events --field-selector involvedObject.name=archive-claim | grep -q WaitForFirst; do sleep 0.3; done
