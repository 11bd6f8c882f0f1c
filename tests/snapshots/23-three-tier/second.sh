# Another right way: commands instead of files, the password as a file in both tiers, named ports, images carried over by
# hand, the update by a patch, everything in another order.
docker build --quiet --tag harbour-frontend:1 frontend
docker build --quiet --tag harbour-backend:1 backend
docker build --quiet --build-arg VERSION=2 --tag harbour-backend:2 backend
for node in $(kubectl get nodes -o name | cut -d / -f 2); do
    docker save harbour-frontend:1 harbour-backend:1 harbour-backend:2 | docker exec -i "$node" ctr --namespace=k8s.io images import -
done
kubectl create deployment frontend --image=docker.io/library/harbour-frontend:1 --replicas=2 --port=80
kubectl expose deployment frontend --type=LoadBalancer
kubectl create ingress myapp --rule='myapp.example.com/api*=backend:8000' --rule='myapp.example.com/*=frontend:80'
printf 'username=sailor\npassword=Ahoi2026\n' > .credentials
kubectl create secret generic db-credentials --from-env-file=.credentials
rm .credentials
kubectl create configmap app-config --from-literal=DB_HOST=postgres --from-literal=DB_NAME=appdb --from-literal=season=summer
kubectl create service clusterip postgres --clusterip=None --tcp=5432
kubectl create -f - <<'YAML'
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
        - name: database
          image: docker.io/library/postgres:15
          env:
            - {name: POSTGRES_USER, valueFrom: {secretKeyRef: {name: db-credentials, key: username}}}
            - {name: POSTGRES_PASSWORD_FILE, value: /run/secrets/harbour/password}
            - {name: POSTGRES_DB, valueFrom: {configMapKeyRef: {name: app-config, key: DB_NAME}}}
            - {name: PGDATA, value: /var/lib/postgresql/data/files}
          readinessProbe: {exec: {command: [pg_isready, -h, localhost]}, periodSeconds: 1, timeoutSeconds: 5}
          volumeMounts:
            - {name: secret, mountPath: /run/secrets/harbour}
            - {name: files, mountPath: /var/lib/postgresql/data}
      volumes:
        - {name: secret, secret: {secretName: db-credentials}}
  volumeClaimTemplates:
    - metadata: {name: files}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 512Mi}}}
YAML
kubectl create -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: backend}
spec:
  replicas: 3
  strategy: {rollingUpdate: {maxUnavailable: 0%, maxSurge: 100%}}
  selector: {matchLabels: {tier: api}}
  template:
    metadata: {labels: {tier: api}}
    spec:
      containers:
        - name: api
          image: harbour-backend:1
          imagePullPolicy: Never
          ports: [{name: http, containerPort: 8000}]
          env:
            - {name: DB_USER, valueFrom: {secretKeyRef: {name: db-credentials, key: username}}}
            - {name: DATABASE_PASSWORD_FILE, value: /run/secrets/harbour/password}
            - {name: DATABASE_URL, value: "postgresql://$(DB_USER)@postgres-0.postgres:5432/appdb"}
          resources: {requests: {cpu: 0.05, memory: 65536Ki}, limits: {cpu: 0.5, memory: "268435456"}}
          livenessProbe: {httpGet: {path: /health, port: http}, timeoutSeconds: 5}
          readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}
          lifecycle: {preStop: {exec: {command: [sleep, "10"]}}}
          volumeMounts: [{name: secret, mountPath: /run/secrets/harbour}]
      volumes:
        - {name: secret, secret: {secretName: db-credentials}}
YAML
kubectl create service clusterip backend --tcp=8000:8000
kubectl set selector service backend tier=api
kubectl rollout status deployment/backend --timeout=120s
kubectl create -f manifests/visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
for try in $(seq 60); do kubectl logs visitor --tail=3 | grep -q 'ok 1' && break; sleep 0.5; done
kubectl patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "docker.io/library/harbour-backend:2"}]'
kubectl rollout status deployment/backend --timeout=120s
for try in $(seq 60); do [ "$(kubectl get pods -l tier=api -o name | wc -l)" = 3 ] && break; sleep 0.5; done
kubectl exec visitor -- wget -q -O - --post-data= http://backend:8000/api/visits
kubectl scale statefulset postgres --replicas=0
kubectl wait --for=delete pod/postgres-0 --timeout=60s
kubectl scale statefulset postgres --replicas=1
kubectl rollout status statefulset/postgres --timeout=120s
kubectl delete pod -l tier=api --wait=false
kubectl rollout status deployment/backend --timeout=120s
