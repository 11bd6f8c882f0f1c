kubectl set image deployment/web nginx=nginx:1.62
kubectl rollout status deployment web --timeout=30s || true
until kubectl get pods | grep -q Pull; do sleep 0.3; done
