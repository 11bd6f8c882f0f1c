kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata:
  name: slipway-tiny-pv
spec:
  capacity: {storage: 16Mi}
  accessModes: [ReadWriteOnce]
  storageClassName: none
  hostPath: {path: /tmp/slipway-tiny}
YAML
kubectl create secret generic tiny-login --from-literal=password=sea-salt-42
