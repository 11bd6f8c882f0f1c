kubectl delete secret logbook-key
kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password='a lamp for every ship at night'
