set -x
kubectl apply -f warden.yaml
kubectl rollout status daemonset/warden --timeout=60s
kubectl get pods -l app=warden -o wide
