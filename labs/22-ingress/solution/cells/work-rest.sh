set -x
kubectl apply -f rest.yaml
