# Another right way: patches instead of files, a command as readiness probe, a named port, other periods; the database goes
# by a deletion of its Deployment, and the visitor who makes a process hang comes through the Service.
kubectl apply -f program.yaml -f database.yaml -f harbour.yaml
kubectl patch deployment database --patch '{"spec": {"template": {"spec": {"containers": [{"name": "redis",
  "readinessProbe": {"exec": {"command": ["sh", "-c", "redis-cli ping | grep -q PONG"]}, "periodSeconds": 1},
  "livenessProbe": {"tcpSocket": {"port": "redis"}, "periodSeconds": 5}, "ports": [{"name": "redis", "containerPort": 6379}]}]}}}}'
cat > probes.yaml <<'YAML'
spec:
  template:
    spec:
      containers:
        - name: program
          ports: [{name: http, containerPort: 8000}]
          startupProbe: {tcpSocket: {port: http}, periodSeconds: 2, failureThreshold: 10, initialDelaySeconds: 3}
          livenessProbe: {httpGet: {path: "/live?who=kubelet", port: http}, periodSeconds: 3, failureThreshold: 2, timeoutSeconds: 2}
          readinessProbe:
            exec:
              command: [python3, -c, "import urllib.request; urllib.request.urlopen('http://localhost:8000/ready', timeout=2)"]
            periodSeconds: 2
            timeoutSeconds: 3
            failureThreshold: 1
YAML
kubectl patch deployment harbour --patch-file probes.yaml
kubectl rollout status deployment database --timeout=90s
kubectl rollout status deployment harbour --timeout=90s
kubectl get deployment database -o json > database.json
kubectl delete deployment database
# Not `kubectl wait`: it fails when a Pod of the version before goes meanwhile.
until [ -z "$(kubectl get deployment harbour -o jsonpath='{.status.readyReplicas}')" ]; do sleep 0.5; done
kubectl create -f database.json
kubectl rollout status deployment harbour --timeout=90s
kubectl exec deployment/harbour -- timeout 1 python3 -c "import urllib.request; urllib.request.urlopen('http://harbour/hang')" || true
until kubectl get pods -l app=harbour -o jsonpath='{.items[*].status.containerStatuses[0].lastState.terminated.message}' | grep -q hung; do sleep 0.5; done
kubectl rollout status deployment harbour --timeout=90s
