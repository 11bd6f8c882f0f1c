exec 2>&1; set -x
kubectl apply -f program.yaml -f harbour.yaml
