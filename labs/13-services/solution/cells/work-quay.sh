set -x
kubectl apply -f quay.yaml
kubectl get service quay
kubectl patch service quay --subresource=status --type=merge -p '{"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.13"}]}}}'
kubectl get service quay
