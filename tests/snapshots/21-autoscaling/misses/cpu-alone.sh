sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 20m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
kubectl apply -f desk.yaml -f scaler.yaml
kubectl wait hpa/desk --for=condition=ScalingActive --timeout=90s
