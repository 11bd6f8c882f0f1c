set -x
kubectl wait --for=condition=Available deployment/harbour --timeout=60s
kubectl scale deployment database --replicas=0
kubectl wait --for=condition=Ready=false pod -l app=harbour --timeout=60s
kubectl get pods,endpointslices
kubectl scale deployment database --replicas=1
kubectl wait --for=condition=Ready pod -l app=harbour --timeout=60s
kubectl get pods
