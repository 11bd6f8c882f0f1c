kubectl delete pod archive
kubectl delete pvc archive-claim
kubectl patch pv spare-pv --type=json --patch '[{"op": "remove", "path": "/spec/claimRef"}]'
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: archive-claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  resources: {requests: {storage: 100Mi}}
YAML
kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/archive-claim --timeout=40s
kubectl apply -f archive.yaml
kubectl wait --for=condition=Ready pod/archive --timeout=60s
