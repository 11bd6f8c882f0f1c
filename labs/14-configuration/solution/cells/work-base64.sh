set -x
echo -n "channel-16" | base64
kubectl apply -f radio.yaml
kubectl rollout status deployment/radio --timeout=60s
