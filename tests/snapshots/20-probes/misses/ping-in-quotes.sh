# One word, which is looked for as a program of that name: exec knows no shell.
sed -i 's|^          # Its probes go here.|          readinessProbe: {exec: {command: ["redis-cli ping"]}, periodSeconds: 1}\n          livenessProbe: {tcpSocket: {port: 6379}, periodSeconds: 2}|' database.yaml
kubectl apply -f database.yaml
until kubectl get events | grep -q 'Readiness probe'; do sleep 0.5; done
