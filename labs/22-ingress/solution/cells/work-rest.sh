exec 2>&1; set -x
kubectl apply -f rest.yaml
