sed -i 's/^  # How many.*/  replicas: 3\n  serviceName: piers/; s/^          # The book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # The template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
kubectl exec pier-0 -- sh -c 'echo "moored Albatross" >> /book/log'
kubectl delete pod pier-0
kubectl rollout status statefulset/pier --timeout=60s
