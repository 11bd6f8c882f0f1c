set -x
kubectl exec pier-1 -- sh -c 'echo "moored Albatross" >> /book/log'
kubectl delete pod pier-1
kubectl rollout status statefulset/pier --timeout=60s
kubectl exec pier-1 -- cat /book/log
