# Another right way: a local volume in place of a hostPath, reserved for its claim; PGDATA below the mount; a timestamp
# without a time zone; the Pod replaced by scaling; a class named outright; the policy patched while the volume is in use.
node=$(kubectl get nodes -l '!node-role.kubernetes.io/control-plane' -o jsonpath='{.items[1].metadata.name}')
docker exec "$node" sh -c 'rm -rf /var/local/harbour && mkdir -p /var/local/harbour'
kubectl create -f - <<YAML
apiVersion: v1
kind: PersistentVolume
metadata: {name: harbour-pv, labels: {disk: harbour}}
spec:
  capacity: {storage: 1024Mi}
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: by-hand
  claimRef: {namespace: lab-15-storage, name: harbour-claim}
  local: {path: /var/local/harbour/}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$node]}]}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: harbour-claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  selector: {matchLabels: {disk: harbour}}
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Secret
metadata: {name: postgres-key}
stringData: {password: "the lamp of the pier"}
YAML
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/harbour-claim --timeout=40s
kubectl create -f logbook.yaml --dry-run=client -o json > logbook.json
python3 - <<'PYTHON'
import json
item = json.load(open("logbook.json"))
spec = item["spec"]["template"]["spec"]
spec["volumes"] = [{"name": "disk", "persistentVolumeClaim": {"claimName": "harbour-claim"}}]
spec["containers"][0]["env"].append({"name": "PGDATA", "value": "/var/lib/postgresql/data/files"})
spec["containers"][0]["volumeMounts"] = [{"name": "disk", "mountPath": "/var/lib/postgresql/data"}]
json.dump(item, open("logbook.json", "w"))
PYTHON
kubectl apply -f logbook.json
kubectl rollout status deployment/logbook --timeout=60s
kubectl exec deployment/logbook -- psql -U postgres -c 'CREATE TABLE log (id serial, written timestamp DEFAULT now(), ship varchar(40))'
kubectl exec deployment/logbook -- psql -U postgres -c "INSERT INTO log (ship) VALUES ('Borealis'), ('Aurora')"
kubectl scale deployment/logbook --replicas=0
kubectl wait --for=delete pod -l app=logbook --timeout=30s
kubectl scale deployment/logbook --replicas=1
kubectl rollout status deployment/logbook --timeout=60s

kubectl create -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: archive-claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: standard
  resources: {requests: {storage: 100Mi}}
YAML
kubectl create -f archive.yaml
kubectl wait --for=condition=Ready pod/archive --timeout=60s

kubectl apply -f spare.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/spare-claim --timeout=40s
kubectl patch pv spare-pv --patch '{"spec": {"persistentVolumeReclaimPolicy": "Retain"}}'
kubectl delete pvc --field-selector metadata.name=spare-claim
kubectl wait --for=jsonpath='{.status.phase}'=Released pv/spare-pv --timeout=20s
