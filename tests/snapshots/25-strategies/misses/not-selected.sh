# The canary has a label of its own, and not that of the Service.
kubectl apply -f board.yaml -f ferries.yaml
sed '/^kind: Deployment/,$!d; s/name: ferries$/name: next/; s/stable/canary/; s/"1.0"/"1.1"/; s/replicas: 4/replicas: 1/; s/name: next$/&/' ferries.yaml | sed '1i apiVersion: apps/v1' > next.yaml
sed -i 's/app: ferries/app: ferries-next/' next.yaml
kubectl apply -f next.yaml
kubectl rollout status deployment ferries --timeout=60s
kubectl rollout status deployment next --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
