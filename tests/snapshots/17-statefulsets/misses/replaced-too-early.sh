sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # Add the template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
kubectl delete pod pier-1
kubectl rollout status statefulset/pier --timeout=60s
kubectl exec pier-1 -- sh -c 'echo "moored Albatross" >> /book/log'
