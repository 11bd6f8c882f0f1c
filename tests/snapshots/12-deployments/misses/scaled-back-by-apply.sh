sed 's/nginx:1.22/nginx:1.26/' mailbox.yaml | kubectl apply -f -
kubectl rollout status deployment web --timeout=90s
