sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # Add the template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
sed -i 's/^  serviceName.*/&\n  podManagementPolicy: Parallel/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=60s
