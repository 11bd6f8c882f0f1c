sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 20m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
kubectl apply -f desk.yaml -f scaler.yaml
kubectl scale deployment/desk --replicas=0
until kubectl get hpa desk -o jsonpath='{.status.conditions[*].reason}' | grep -q ScalingDisabled; do sleep 1; done
