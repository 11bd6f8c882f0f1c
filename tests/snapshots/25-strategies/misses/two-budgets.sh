# One for each version, and one for both.
kubectl apply -f board.yaml -f ferries.yaml
sed '/^kind: Deployment/,$!d; s/name: ferries$/name: next/; s/stable/canary/; s/"1.0"/"1.1"/; s/replicas: 4/replicas: 1/; s/name: next$/&/' ferries.yaml | sed '1i apiVersion: apps/v1' > next.yaml
kubectl apply -f next.yaml
kubectl rollout status deployment ferries --timeout=60s
kubectl rollout status deployment next --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
kubectl create poddisruptionbudget ferries --selector=app=ferries --max-unavailable=1
kubectl create poddisruptionbudget canary --selector=track=canary --max-unavailable=1
