sed -i 's/^  # How many.*/  replicas: 3\n  serviceName: piers/; s/^          # The book.*/          volumeMounts: [{name: book, mountPath: \/book}]\n      volumes: [{name: book, emptyDir: {}}]/' pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=60s
