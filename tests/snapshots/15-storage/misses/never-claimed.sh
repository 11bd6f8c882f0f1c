kubectl delete pv spare-pv
sed -i '/^---/,$d' spare.yaml
kubectl apply -f spare.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Available pv/spare-pv --timeout=20s
