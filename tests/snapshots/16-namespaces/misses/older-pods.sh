kubectl create namespace development
kubectl apply -n development -f development.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status -n development deployment/web --timeout=60s
kubectl create quota budget -n development --hard=requests.cpu=100m,requests.memory=48Mi,limits.memory=96Mi
kubectl create -f - <<'YAML'
apiVersion: v1
kind: LimitRange
metadata: {name: usual, namespace: development}
spec:
  limits:
    - {type: Container, defaultRequest: {cpu: 20m, memory: 16Mi}, default: {memory: 32Mi}}
YAML
