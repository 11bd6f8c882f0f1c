docker build --quiet --tag harbour-backend:1 backend
docker build --quiet --tag harbour-frontend:1 frontend
slipway cluster load harbour-backend:1 harbour-frontend:1
kubectl create secret generic db-credentials --from-literal=username=appuser --from-literal=password=Fernweh2026
kubectl apply -f manifests/config.yaml
kubectl create service clusterip postgres --clusterip=None --tcp=5432
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  serviceName: postgres
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec:
      containers:
        - name: postgres
          image: postgres:15
          env:
            - {name: POSTGRES_USER, value: appuser}
            - {name: POSTGRES_DB, value: appdb}
            - {name: POSTGRES_PASSWORD, valueFrom: {secretKeyRef: {name: db-credentials, key: password}}}
          readinessProbe: {exec: {command: [pg_isready, -h, 127.0.0.1]}, periodSeconds: 1, timeoutSeconds: 5}
          volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
YAML
kubectl rollout status statefulset/postgres --timeout=120s
kubectl apply -f manifests/backend.yaml
for try in $(seq 60); do kubectl logs deployment/backend --tail=20 | grep -q 'authentication failed' && break; sleep 0.5; done
