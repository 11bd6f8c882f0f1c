kubectl scale deployment database --replicas=0
kubectl wait --for=condition=Ready=false pod -l app=harbour --timeout=60s
