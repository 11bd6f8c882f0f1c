set -x
kubectl apply -f desk.yaml -f scaler.yaml
kubectl rollout status deployment/desk --timeout=60s
kubectl wait hpa/desk --for=condition=ScalingActive --timeout=90s
