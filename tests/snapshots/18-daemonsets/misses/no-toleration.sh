sed 's/kind: Deployment/kind: DaemonSet/; /replicas:/d' three.yaml > lookout.yaml
kubectl apply -f lookout.yaml
kubectl rollout status daemonset/lookout --timeout=60s
