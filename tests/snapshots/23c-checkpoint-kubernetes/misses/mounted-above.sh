kubectl delete statefulset database
kubectl delete pvc data-database-0
sed -i 's#mountPath: /var/lib/postgresql/data#mountPath: /var/lib/postgresql#' manifests/database.yaml
kubectl apply -f manifests/database.yaml
kubectl rollout status statefulset/database --timeout=120s
kubectl rollout status deployment/api --timeout=120s
