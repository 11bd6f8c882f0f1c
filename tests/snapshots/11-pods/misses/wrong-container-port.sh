kubectl delete pod web --ignore-not-found
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: harbour, tier: web}}
spec:
  containers:
    - name: nginx
      image: nginx:1.26
      ports: [{name: http, containerPort: 8080}]
YAML
kubectl wait --for=condition=Ready pod/web --timeout=60s
