kubectl apply -f harbour.yaml
kubectl rollout status deployment/office --timeout=60s
kubectl wait pod/visitor --for=condition=Ready --timeout=60s
kubectl apply -f office.yaml
