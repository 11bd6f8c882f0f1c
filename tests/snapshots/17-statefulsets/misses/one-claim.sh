sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]\n      volumes: [{name: book, persistentVolumeClaim: {claimName: book}}]/' pier.yaml
sed -n '1,/^---/p' crowd.yaml | sed 's/one-book/book/; /^---/d' | kubectl apply -f - -f pier.yaml
kubectl rollout status statefulset/pier --timeout=60s
