kubectl rollout pause deployment web
kubectl set image deployment/web nginx=nginx:1.22
