bash night.sh
kubectl set env deployment tugs -n tugs CREWS-
kubectl rollout status deployment tugs -n tugs --timeout=60s
