set -x
kubectl delete pod rush
kubectl wait deployment/desk --for=jsonpath='{.spec.replicas}'=1 --timeout=120s
