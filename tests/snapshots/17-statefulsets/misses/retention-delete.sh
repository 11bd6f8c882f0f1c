sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # Add the template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
sed -i 's/^  serviceName.*/&\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}/' pier.yaml
kubectl apply -f pier.yaml
kubectl scale statefulset pier --replicas=5
kubectl rollout status statefulset/pier --timeout=90s
kubectl scale statefulset pier --replicas=3
kubectl wait --for=delete pod/pier-3 pod/pier-4 persistentvolumeclaim/book-pier-3 persistentvolumeclaim/book-pier-4 --timeout=60s
