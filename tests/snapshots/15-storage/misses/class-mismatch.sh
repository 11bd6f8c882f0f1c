node=$(kubectl get nodes -l '!node-role.kubernetes.io/control-plane' -o jsonpath='{.items[0].metadata.name}')
sed "s/NODE/$node/; s/^spec:/&\n  capacity: {storage: 1Gi}\n  accessModes: [ReadWriteOnce]\n  storageClassName: by-hand/" volume.yaml > complete.yaml
kubectl apply -f complete.yaml
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: harbour-claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: byhand
  resources: {requests: {storage: 500Mi}}
YAML
until kubectl get events --field-selector involvedObject.name=harbour-claim -o name | grep -q .; do sleep 0.3; done
