kubectl apply -f writes.yaml
kubectl get endpointslices -l kubernetes.io/service-name=writes
