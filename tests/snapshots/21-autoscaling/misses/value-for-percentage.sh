sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 20m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
sed -i 's/maxReplicas: 10/maxReplicas: 3\n  behavior: {scaleDown: {stabilizationWindowSeconds: 15}}/' scaler.yaml
echo '    - {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 80}}}' >> scaler.yaml
sed -i 's/type: Utilization$/type: AverageValue/; s/averageUtilization: 50/averageValue: 10m/' scaler.yaml
kubectl apply -f desk.yaml -f scaler.yaml
kubectl wait hpa/desk --for=condition=ScalingActive --timeout=90s
