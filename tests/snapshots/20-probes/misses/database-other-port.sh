sed -i 's|^          # Its probes go here.|          readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 2}\n          livenessProbe: {tcpSocket: {port: 6380}, periodSeconds: 1, failureThreshold: 2}|' database.yaml
kubectl apply -f database.yaml
until kubectl get pods -l app=database -o jsonpath='{.items[*].status.containerStatuses[0].restartCount}' | grep -q '[1-9]'; do sleep 0.5; done
