kubectl delete secret logbook-key
kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password=old-lighthouse
