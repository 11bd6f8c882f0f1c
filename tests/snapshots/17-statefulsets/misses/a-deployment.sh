kubectl delete -f crowd.yaml --ignore-not-found --wait=false
sed 's/crowd/pier/; s/one-book/book-pier/' crowd.yaml | kubectl apply -f -
kubectl rollout status deployment/pier --timeout=60s
