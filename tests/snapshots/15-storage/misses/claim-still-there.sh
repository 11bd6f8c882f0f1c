kubectl delete pv spare-pv
kubectl apply -f spare.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/spare-claim --timeout=40s
