kubectl create secret generic radio-key --from-literal=code="$(printf %s channel-16 | base64)" --dry-run=client -o yaml | kubectl apply -f -
kubectl rollout restart deployment/radio
kubectl rollout status deployment/radio --timeout=60s
