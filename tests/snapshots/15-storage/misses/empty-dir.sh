sed -i '/persistentVolumeClaim:/,$d' logbook.yaml
echo '          emptyDir: {}' >> logbook.yaml
kubectl apply -f logbook.yaml
kubectl rollout status deployment/logbook --timeout=60s
