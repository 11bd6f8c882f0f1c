set -x
kubectl apply -f nightly.yaml
kubectl delete job nightly-by-hand --ignore-not-found
kubectl create job nightly-by-hand --from=cronjob/nightly
kubectl wait --for=condition=Complete job/nightly-by-hand --timeout=60s
kubectl logs job/nightly-by-hand
