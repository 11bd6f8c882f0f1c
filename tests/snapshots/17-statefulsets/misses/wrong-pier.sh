sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # Add the template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
kubectl exec pier-0 -- sh -c 'echo "moored Albatross" >> /book/log'
kubectl delete pod pier-0
kubectl rollout status statefulset/pier --timeout=60s
