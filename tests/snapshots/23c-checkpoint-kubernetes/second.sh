# Another right way: almost no file, only commands; both passwords from a mounted Secret, PGDATA below the mount, other
# labels, named ports, other units, images carried over by hand, the budget last.
docker build --quiet --tag quay-board:1 board
docker build --quiet --tag quay-api:1 api
for node in $(kubectl get nodes -o name | cut -d / -f 2); do
    docker save quay-board:1 quay-api:1 | docker exec -i "$node" ctr --namespace=k8s.io images import -
done
kubectl create secret generic database-password --from-literal=password=Moin-Moin-2026
kubectl create deployment cache --image=redis:7 --port=6379
kubectl set resources deployment cache --requests=cpu=0.02,memory=16Mi --limits=memory=64Mi
kubectl expose deployment cache
kubectl create service clusterip database --clusterip=None --tcp=5432
kubectl create -f - <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: database}
spec:
  serviceName: database
  selector: {matchLabels: {app: database}}
  template:
    metadata: {labels: {app: database}}
    spec:
      containers:
        - name: database
          image: docker.io/library/postgres:15
          env:
            - {name: POSTGRES_USER, value: harbour}
            - {name: POSTGRES_DB, value: ships}
            - {name: POSTGRES_PASSWORD_FILE, value: /run/secrets/quay/password}
            - {name: PGDATA, value: /var/lib/postgresql/data/files}
          readinessProbe: {exec: {command: [pg_isready, -h, localhost]}, periodSeconds: 1, timeoutSeconds: 5}
          resources: {requests: {cpu: 0.05, memory: 131072Ki}, limits: {memory: "536870912"}}
          volumeMounts:
            - {name: secret, mountPath: /run/secrets/quay}
            - {name: files, mountPath: /var/lib/postgresql/data}
      volumes:
        - {name: secret, secret: {secretName: database-password}}
  volumeClaimTemplates:
    - metadata: {name: files}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 512Mi}}}
YAML
kubectl create deployment api --image=quay-api:1 --replicas=3 --port=8000
kubectl set env deployment/api DATABASE_HOST=database-0.database DATABASE_NAME=ships DATABASE_USER=harbour CACHE_HOST=cache
kubectl set env deployment/api --from=secret/database-password --prefix=DATABASE_
kubectl patch deployment api --patch '
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: quay-api
          ports: [{name: http, containerPort: 8000}]
          livenessProbe: {httpGet: {path: /health, port: http}, timeoutSeconds: 5}
          readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}
          resources: {requests: {cpu: 40m, memory: 64Mi}, limits: {cpu: 500m, memory: 128Mi}}'
kubectl expose deployment api --port=8000 --target-port=http
kubectl create deployment board --image=docker.io/library/quay-board:1 --replicas=2
kubectl set resources deployment board --requests=cpu=10m,memory=16Mi --limits=memory=64Mi
kubectl expose deployment board --port=80
kubectl create ingress quay --rule='arrivals.example.com/api*=api:8000' --rule='arrivals.example.com/*=board:80'
kubectl rollout status statefulset/database --timeout=120s
kubectl rollout status deployment/api --timeout=120s
kubectl create quota quay --hard=requests.cpu=1000m,requests.memory=1024Mi,limits.memory=2048Mi
kubectl create -f - <<'YAML'
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: report}}
        spec:
          restartPolicy: OnFailure
          containers:
            - name: asks
              image: docker.io/library/busybox:1.35
              args: [sh, -c, "wget -q -O /tmp/said http://api.quay.svc.cluster.local:8000/api/arrivals && cat /tmp/said"]
              resources: {requests: {cpu: 10m, memory: 8Mi}, limits: {memory: 32Mi}}
YAML
kubectl patch cronjob report --patch '{"spec": {"schedule": "00 06 * * 0-6"}}'
kubectl exec deployment/api -- python -c 'import urllib.request as web; print(web.urlopen("http://api:8000/api/arrivals", data=b"").read())'
kubectl scale statefulset database --replicas=0
kubectl wait --for=delete pod/database-0 --timeout=60s
kubectl scale statefulset database --replicas=1
kubectl rollout status statefulset/database --timeout=120s
kubectl rollout status deployment/api --timeout=120s
kubectl create job now --from=cronjob/report
kubectl wait job/now --for=condition=Complete --timeout=60s
