set -x
kubectl apply -f archive.yaml -f collector.yaml
kubectl rollout status deployment/archive --timeout=60s
kubectl rollout status daemonset/collector --timeout=60s
kubectl logs -l app=collector
