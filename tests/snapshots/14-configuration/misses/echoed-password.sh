kubectl delete secret logbook-key
echo "a lamp for every ship" > password
kubectl create secret generic logbook-key --from-literal=user=keeper --from-file=password
