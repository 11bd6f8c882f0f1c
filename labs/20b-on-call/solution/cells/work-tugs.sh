set -x
kubectl logs -n tugs deployment/tugs --previous || true
kubectl patch configmap roster -n tugs --patch '{"data": {"crews": "4"}}'
kubectl rollout restart deployment tugs -n tugs
kubectl rollout status deployment tugs -n tugs --timeout=60s
