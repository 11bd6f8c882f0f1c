sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/' pier.yaml
kubectl apply -f pier.yaml
until kubectl get pod pier-0 | grep -q CrashLoop; do sleep 0.3; done
