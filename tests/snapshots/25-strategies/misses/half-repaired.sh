# Only the CronJob got a served version.
sed -i 's#batch/v1beta1#batch/v1#' night.yaml
kubectl apply -f night.yaml || true
