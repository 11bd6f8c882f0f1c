echo appuser | tr -d '\n' > username
echo Fernweh2026 > password
kubectl create secret generic db-credentials --from-file=username --from-file=password
kubectl apply -f manifests/config.yaml
