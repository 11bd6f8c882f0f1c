set -x
kubectl apply -f policy.yaml -f board.yaml -f tides.yaml
