sed 's/kind: Deployment/kind: DaemonSet/; /replicas:/d' three.yaml > lookout.yaml
sed -i 's/^      containers:/      tolerations: [{key: node-role.kubernetes.io\/master, effect: NoSchedule}]\n&/' lookout.yaml
kubectl apply -f lookout.yaml
kubectl rollout status daemonset/lookout --timeout=60s
