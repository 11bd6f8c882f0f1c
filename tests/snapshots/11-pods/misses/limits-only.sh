kubectl delete pod web --ignore-not-found
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: nginx
      image: nginx:1.26
      resources: {requests: {cpu: 100m}, limits: {memory: 128Mi}}
YAML
kubectl wait --for=condition=Ready pod/web --timeout=60s
