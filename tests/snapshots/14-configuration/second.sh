# Another right way: nothing but kubectl create, set and patch for the objects; a projected volume; variables through
# envFrom; stringData; the Secret's file read-only and renamed; the ConfigMap replaced instead of applied.
printf 'Harbour open' > notice.txt
kubectl create configmap board-config --from-file=notice.txt --from-literal=hours=06:00-20:00
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: board}
spec:
  replicas: 2
  selector: {matchLabels: {app: board, since: today}}
  template:
    metadata: {labels: {app: board, since: today}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: board
          image: busybox:1.35
          command: [sh, -c, 'while sleep 5; do echo "$HOURS" "$(cat /etc/board/*)"; done']
          envFrom: [{configMapRef: {name: board-config}}]
          env: [{name: HOURS, value: $(hours)}]
          volumeMounts: [{name: all, mountPath: /etc/board/, readOnly: true}]
      volumes:
        - name: all
          projected: {sources: [{configMap: {name: board-config, items: [{key: notice.txt, path: notice.txt}]}}]}
YAML
kubectl rollout status deployment/board --timeout=60s
printf 'Storm warning' > notice.txt
sleep 1
kubectl create configmap board-config --from-file=notice.txt --from-literal=hours=08:00-18:00 --dry-run=client -o yaml | kubectl replace -f -
kubectl annotate pods -l app=board "looked-at=$(date +%s)"
for pod in $(kubectl get pods -l app=board -o name); do until kubectl exec "$pod" -- grep -q Storm /etc/board/notice.txt; do sleep 0.5; done; done

kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Secret
metadata: {name: logbook-key}
immutable: true
stringData: {user: keeper, password: "only: the lamp, and I"}
YAML
sed -i '/env:/,$d' office.yaml
kubectl apply -f office.yaml
kubectl set env deployment/office --from=secret/logbook-key --prefix=LOG_
kubectl rollout status deployment/office --timeout=60s

kubectl apply -f radio.yaml
kubectl patch secret radio-key --type=merge --patch '{"stringData": {"code": "channel-16"}}'
kubectl rollout restart deployment/radio
kubectl rollout status deployment/radio --timeout=60s

for year in 2026 2027; do
  kubectl create configmap tariff-$year --from-literal=FEE=$((12 + 3 * (year - 2026)))
  kubectl patch configmap tariff-$year --patch '{"immutable": true}'
done
kubectl create deployment cashier --image=busybox:1.35 -- sleep 3600
kubectl patch deployment cashier --patch '{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 0, "containers": [
  {"name": "busybox", "$patch": "delete"}, {"name": "cashier", "image": "busybox:1.35", "command": ["sleep", "3600"],
   "env": [{"name": "FEE", "valueFrom": {"configMapKeyRef": {"name": "tariff-2027", "key": "FEE"}}}]}]}}}}'
kubectl rollout status deployment/cashier --timeout=60s
