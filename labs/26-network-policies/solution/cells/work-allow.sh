set -x
kubectl apply -f records.yaml -f office.yaml
