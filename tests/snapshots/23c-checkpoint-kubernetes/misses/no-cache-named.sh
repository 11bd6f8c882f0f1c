kubectl set env deployment/api CACHE_HOST-
kubectl rollout status deployment/api --timeout=120s
until [ "$(kubectl get pods -l app=api -o name | wc -l)" = 3 ]; do sleep 0.5; done
