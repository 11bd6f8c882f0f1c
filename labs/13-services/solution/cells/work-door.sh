set -x
kubectl apply -f harbour.yaml
kubectl rollout status deployment/office --timeout=60s
kubectl wait pod/visitor --for=condition=Ready --timeout=60s
kubectl apply -f office.yaml
kubectl get service office
until kubectl exec visitor -- timeout 2 wget -q -O - http://office/; do sleep 0.3; done
