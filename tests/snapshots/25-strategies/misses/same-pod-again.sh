# Each client stays with its first Pod.
kubectl apply -f board.yaml -f ferries.yaml
sed '/^kind: Deployment/,$!d; s/name: ferries$/name: next/; s/stable/canary/; s/"1.0"/"1.1"/; s/replicas: 4/replicas: 1/; s/name: next$/&/' ferries.yaml | sed '1i apiVersion: apps/v1' > next.yaml
kubectl apply -f next.yaml
kubectl rollout status deployment ferries --timeout=60s
kubectl rollout status deployment next --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
kubectl patch service ferries -p '{"spec": {"sessionAffinity": "ClientIP"}}'
until [ "$(kubectl exec visitor -- python3 -c "from urllib.request import urlopen
print(*{urlopen('http://ferries/').read() for _ in range(40)}, sep='\n')" | wc -l)" = 1 ]; do sleep 0.3; done
