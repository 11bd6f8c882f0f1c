node=$(kubectl get nodes -l '!node-role.kubernetes.io/control-plane' -o jsonpath='{.items[0].metadata.name}')
sed "s/NODE/$node/; s/^spec:/&\n  capacity: {storage: 1Gi}\n  accessModes: [ReadWriteOnce]\n  storageClassName: by-hand/" volume.yaml > complete.yaml
sed -i "s/^spec:/&\n  persistentVolumeReclaimPolicy: Delete/" complete.yaml
kubectl apply -f complete.yaml
