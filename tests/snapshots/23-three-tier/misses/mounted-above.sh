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
          envFrom: [{secretRef: {name: db-credentials}}]
          env: [{name: POSTGRES_PASSWORD, value: $(password)}]
          readinessProbe: {exec: {command: [pg_isready, -h, 127.0.0.1]}, periodSeconds: 1, timeoutSeconds: 5}
          volumeMounts: [{name: data, mountPath: /var/lib/postgresql}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
YAML
kubectl rollout status statefulset/postgres --timeout=120s
