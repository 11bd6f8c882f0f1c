sed -i 's/^          readinessProbe:/          resources: {requests: {cpu: 20m, memory: 16Mi}}\n          readinessProbe:/' desk.yaml
sed -i '/scaleTargetRef/,/minReplicas/s/name: desk/name: dsk/' scaler.yaml
kubectl apply -f desk.yaml -f scaler.yaml
kubectl rollout status deployment/desk --timeout=60s
until kubectl get hpa desk -o jsonpath='{.status.conditions[*].message}' | grep -q 'not found'; do sleep 1; done
