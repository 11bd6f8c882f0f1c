sed -i 's|mountPath: .*|mountPath: /var/lib/postgresql|' logbook.yaml
kubectl apply -f logbook.yaml
kubectl rollout status deployment/logbook --timeout=60s
