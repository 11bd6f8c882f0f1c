set -x
kubectl describe pods -n berths | tail -4
kubectl set resources deployment berths -n berths --requests=cpu=200m,memory=32Mi
kubectl set image deployment cranes -n cranes cranes=python:3.11-slim
kubectl rollout status deployment berths -n berths --timeout=60s
kubectl rollout status deployment cranes -n cranes --timeout=60s
