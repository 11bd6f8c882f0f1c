# The password is made here, and nobody sees it: with `set -x` it would stand in the output.
kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password="$(head -c 18 /dev/urandom | base64)"
kubectl apply -f office.yaml
kubectl rollout status deployment/office --timeout=60s
