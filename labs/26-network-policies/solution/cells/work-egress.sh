set -x
kubectl apply -f office-egress.yaml
