pod=$(kubectl get pods -l part=office --no-headers | awk '$2 == "1/1" {print $1; exit}')
kubectl exec "$pod" -- rm /www/open
kubectl wait pod "$pod" --for=condition=Ready=false --timeout=20s
sleep 1
