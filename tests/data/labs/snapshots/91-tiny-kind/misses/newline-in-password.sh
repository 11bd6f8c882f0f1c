kubectl delete secret tiny-login
echo sea-salt-42 > password
kubectl create secret generic tiny-login --from-file=password
