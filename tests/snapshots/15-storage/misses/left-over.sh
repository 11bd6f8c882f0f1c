kubectl delete deployment logbook
kubectl wait --for=delete pod -l app=logbook --timeout=30s
kubectl delete pvc harbour-claim
kubectl delete pv harbour-pv
sleep 1
kubectl apply -f volume.yaml -f claim.yaml -f logbook.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/harbour-claim --timeout=40s
kubectl rollout status deployment/logbook --timeout=60s
