sed -i "s/replicas: 1/replicas: 3/; s/app: harbour/app: web/" web.yaml
sed -i '/rollingUpdate:/,/maxSurge/d; s/^  strategy:/  strategy:\n    type: Recreate/' web.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment web --timeout=90s
kubectl apply -f visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor | grep -q " 200 "; do sleep 0.3; done
kubectl set image deployment/web nginx=nginx:1.26
kubectl rollout status deployment web --timeout=90s
# Until the visitor has asked the new ones often enough to tell.
until [ "$(kubectl logs visitor | grep -c ' 200 1.26')" -ge 30 ]; do sleep 0.3; done
