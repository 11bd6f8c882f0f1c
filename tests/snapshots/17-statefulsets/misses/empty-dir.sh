sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]\n      volumes: [{name: book, emptyDir: {}}]/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=60s
