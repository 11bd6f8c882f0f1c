kubectl set image deployment/web nginx=nginx:1.22
kubectl rollout status deployment web --timeout=90s
