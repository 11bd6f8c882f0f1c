kubectl delete secret postgres-key
kubectl delete pod -l app=logbook
until kubectl get pods -l app=logbook | grep -q CreateContainerConfigError; do sleep 0.3; done
