kubectl delete service quay
kubectl apply -f quay.yaml
until kubectl get endpointslices -l kubernetes.io/service-name=quay | grep -q 10.244; do sleep 0.2; done
