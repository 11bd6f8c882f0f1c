set -x
kubectl rollout status deployment/backend --timeout=120s
for try in $(seq 60); do [ "$(kubectl get pods -l app=backend -o name | wc -l)" = 3 ] && break; sleep 0.5; done
kubectl exec visitor -- wget -q -O - --post-data= http://backend:8000/api/visits
kubectl delete pod --wait=false "$(kubectl get pods -l app=backend -o jsonpath='{.items[0].metadata.name}')"
kubectl delete pod postgres-0
kubectl rollout status statefulset/postgres --timeout=120s
kubectl rollout status deployment/backend --timeout=120s
