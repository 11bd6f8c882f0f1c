sed -i '/volumeMounts:/,$d' logbook.yaml
kubectl delete deployment logbook
kubectl apply -f logbook.yaml
kubectl rollout status deployment/logbook --timeout=60s
