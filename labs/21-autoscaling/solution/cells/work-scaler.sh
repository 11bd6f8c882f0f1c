set -x
kubectl apply -f scaler.yaml
kubectl get hpa desk
