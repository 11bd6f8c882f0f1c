# Another right way: kubectl create, scale and patch instead of files, the usual strategy of one quarter, a probe and a
# preStop of another kind, and a way back by setting the image.
kubectl create deployment web --image=docker.io/library/nginx:1.22 --replicas=4
kubectl patch deployment web --patch '{"spec": {"progressDeadlineSeconds": 15, "template": {"spec": {"containers": [
  {"name": "nginx", "readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1},
   "lifecycle": {"preStop": {"exec": {"command": ["sleep", "3"]}}}}]}}}}'
kubectl scale deployment/web --replicas=5
kubectl rollout status deployment/web --timeout=90s
kubectl apply -f visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor | grep -q ' 200 '; do sleep 0.3; done
kubectl patch deployment web --type=json --patch '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "nginx:1.26"}]'
kubectl rollout status deployment/web --timeout=90s
until [ "$(kubectl logs visitor | tail -40 | grep -c ' 200 1.26')" = 40 ]; do sleep 0.3; done
kubectl set image deployment/web nginx=nginx:1.62
kubectl rollout status deployment/web --timeout=30s || true
kubectl set image deployment/web nginx=nginx:1.26
kubectl rollout status deployment/web --timeout=90s
