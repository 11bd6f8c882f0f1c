kubectl apply -f three.yaml
sed 's/kind: Deployment/kind: DaemonSet/; /replicas:/d' three.yaml | kubectl apply -f -
kubectl rollout status deployment/lookout --timeout=60s
kubectl rollout status daemonset/lookout --timeout=60s
