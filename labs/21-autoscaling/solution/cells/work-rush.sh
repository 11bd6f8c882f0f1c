set -x
kubectl apply -f rush.yaml
kubectl wait deployment/desk --for=jsonpath='{.status.readyReplicas}'=3 --timeout=120s
