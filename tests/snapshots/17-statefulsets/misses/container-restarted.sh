sed -i 's/^  # Set the number.*/  replicas: 3\n  serviceName: piers/; s/^          # Mount the book.*/          volumeMounts: [{name: book, mountPath: \/book}]/' pier.yaml
sed -i 's/^  # Add the template.*/  volumeClaimTemplates: [{metadata: {name: book}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]/' pier.yaml
# A process that ends when it is asked to, so that its container can be ended from inside.
sed -i "s/exec httpd -f -p 8080 -h .book/httpd -p 8080 -h \\/book; trap 'exit 1' TERM; while sleep 0.3; do :; done/" pier.yaml
kubectl apply -f pier.yaml
kubectl rollout status statefulset/pier --timeout=90s
kubectl exec pier-1 -- sh -c 'echo "moored Albatross" >> /book/log'
kubectl exec pier-1 -- kill 1
until kubectl get pod pier-1 -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}' | grep -q '^[1-9].*true'; do sleep 0.3; done
# Whether a restarted container stays is known after a while.
sleep 11
