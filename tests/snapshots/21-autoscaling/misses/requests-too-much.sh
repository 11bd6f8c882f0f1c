sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 200m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
kubectl apply -f desk.yaml
kubectl rollout status deployment/desk --timeout=60s
