sed "s/^spec:/&\n  capacity: {storage: 1Gi}\n  accessModes: [ReadWriteOnce]\n  storageClassName: by-hand/" volume.yaml | kubectl apply -f -
