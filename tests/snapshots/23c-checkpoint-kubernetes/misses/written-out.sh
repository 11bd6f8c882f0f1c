password=$(kubectl get secret database-password -o jsonpath='{.data.password}' | base64 -d)
kubectl set env deployment/api DATABASE_PASSWORD="$password"
kubectl rollout status deployment/api --timeout=120s
until [ "$(kubectl get pods -l app=api -o name | wc -l)" = 3 ]; do sleep 0.5; done
