sed '1,/^---$/d' ships.yaml | kubectl apply -f -
kubectl wait --for=condition=Ready pod/ferry pod/tanker --timeout=60s
