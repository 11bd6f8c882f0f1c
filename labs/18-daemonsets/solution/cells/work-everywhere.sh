set -x
kubectl apply -f lookout.yaml
kubectl rollout status daemonset/lookout --timeout=60s
kubectl get daemonset lookout
