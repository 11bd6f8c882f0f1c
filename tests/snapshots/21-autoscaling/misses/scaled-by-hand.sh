sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 20m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
sed -i 's/maxReplicas: 10/maxReplicas: 3\n  behavior: {scaleDown: {stabilizationWindowSeconds: 15}}/' scaler.yaml
echo '    - {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 80}}}' >> scaler.yaml
sed -i 's/stabilizationWindowSeconds: 15/stabilizationWindowSeconds: 600/' scaler.yaml
kubectl apply -f desk.yaml -f scaler.yaml
kubectl wait hpa/desk --for=condition=ScalingActive --timeout=90s
kubectl apply -f rush.yaml
until kubectl get events | grep -q 'above target'; do sleep 1; done
kubectl delete pod rush
kubectl scale deployment/desk --replicas=1
kubectl wait deployment/desk --for=jsonpath='{.status.replicas}'=1 --timeout=60s
