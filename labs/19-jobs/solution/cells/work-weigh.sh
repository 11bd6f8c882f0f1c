set -x
kubectl delete job weigh --ignore-not-found
kubectl apply -f weigh.yaml
kubectl wait --for=condition=Failed job/weigh --timeout=90s
kubectl logs -l job-name=weigh --prefix
