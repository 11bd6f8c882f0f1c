set -x
kubectl apply -f records.yaml
