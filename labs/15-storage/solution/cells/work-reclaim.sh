set -x
kubectl apply -f spare.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/spare-claim --timeout=40s
kubectl delete pvc spare-claim
kubectl wait --for=jsonpath='{.status.phase}'=Released pv/spare-pv --timeout=20s
