probes() { sed -i "s|^          # Its probes go here.|$2|" "$1"; }
probes database.yaml '          readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 2}\n          livenessProbe: {tcpSocket: {port: 6379}, periodSeconds: 2}'
probes harbour.yaml '          readinessProbe: {httpGet: {path: /ready, port: 8000}, periodSeconds: 1, failureThreshold: 2}\n          livenessProbe: {httpGet: {path: /live, port: 8000}, periodSeconds: 2, failureThreshold: 2}\n          startupProbe: {httpGet: {path: /live, port: 8000}, periodSeconds: 4, failureThreshold: 3}'
kubectl apply -f program.yaml -f database.yaml -f harbour.yaml
kubectl rollout status deployment database --timeout=60s
kubectl rollout status deployment harbour --timeout=60s
