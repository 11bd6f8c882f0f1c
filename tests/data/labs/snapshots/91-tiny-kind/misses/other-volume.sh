kubectl create -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: slipway-tiny-pv}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: none
  resources: {requests: {storage: 16Mi}}
YAML
