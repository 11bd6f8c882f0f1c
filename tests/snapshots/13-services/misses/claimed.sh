kubectl delete service quay
sed 's/^spec:/&\n  externalIPs: [203.0.113.13]/' quay.yaml | kubectl apply -f -
until kubectl get endpointslices -l kubernetes.io/service-name=quay | grep -q 10.244; do sleep 0.2; done
