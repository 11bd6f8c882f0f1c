set -x
kubectl rollout status deployment web --timeout=60s
kubectl set image deployment/web nginx=nginx:1.62
kubectl rollout status deployment web --timeout=40s || true
kubectl get pods
kubectl rollout undo deployment web
kubectl wait --for=jsonpath='{.status.updatedReplicas}'=5 deployment/web --timeout=30s
kubectl rollout status deployment web --timeout=60s
