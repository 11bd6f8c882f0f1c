sed -i "s/replicas: 1/replicas: 3/; s/app: harbour/app: web/" web.yaml
sed -i 's/15 \* 60/4/' visitor.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
kubectl apply -f visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor | grep -q " 200 "; do sleep 0.3; done
kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/visitor --timeout=60s
sleep 3
kubectl set image deployment/web nginx=nginx:1.26
kubectl rollout status deployment web --timeout=90s
