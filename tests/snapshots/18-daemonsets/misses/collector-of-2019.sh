kubectl apply -f archive.yaml -f collector.yaml
kubectl rollout status daemonset/collector --timeout=60s
