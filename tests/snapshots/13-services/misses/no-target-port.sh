kubectl apply -f harbour.yaml
kubectl rollout status deployment/office --timeout=60s
kubectl wait pod/visitor --for=condition=Ready --timeout=60s
sed -i 's/app: office/part: office/' office.yaml
kubectl apply -f office.yaml
until kubectl get endpointslices -l kubernetes.io/service-name=office | grep -q 10.244; do sleep 0.2; done
