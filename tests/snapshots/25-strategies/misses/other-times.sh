# The schedule got lost on the way.
sed -i 's#extensions/v1beta1#apps/v1#; s#batch/v1beta1#batch/v1#; s#^  replicas: 1#&\n  selector: {matchLabels: {app: lantern}}#' night.yaml
sed -i 's/30 2 /0 4 /' night.yaml
kubectl apply -f night.yaml
kubectl rollout status deployment lantern --timeout=60s
