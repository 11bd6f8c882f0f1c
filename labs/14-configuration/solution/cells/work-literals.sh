# The password is generated here and never shown. With `set -x`, it would appear in the output.
kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password="$(head -c 18 /dev/urandom | base64)"
kubectl apply -f office.yaml
kubectl rollout status deployment/office --timeout=60s
