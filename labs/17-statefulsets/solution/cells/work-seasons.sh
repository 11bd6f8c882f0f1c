set -x
kubectl scale statefulset pier --replicas=5
kubectl rollout status statefulset/pier --timeout=90s
kubectl exec pier-3 -- sh -c 'echo "moored Pelican" >> /book/log'
kubectl scale statefulset pier --replicas=3
kubectl wait --for=delete pod/pier-3 pod/pier-4 --timeout=60s
kubectl delete persistentvolumeclaim book-pier-4
kubectl get pods,persistentvolumeclaims
