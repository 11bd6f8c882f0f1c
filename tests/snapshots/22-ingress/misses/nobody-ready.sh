kubectl scale deployment tides --replicas=0
kubectl wait --for=delete pod -l app=tides --timeout=30s
