set -x
kubectl apply -f program.yaml -f harbour.yaml
