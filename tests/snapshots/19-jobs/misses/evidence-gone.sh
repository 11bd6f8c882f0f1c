sed -i 's/^spec:/spec:\n  backoffLimit: 1/' weigh.yaml
kubectl apply -f weigh.yaml
kubectl wait --for=condition=Failed job/weigh --timeout=60s
while kubectl get pods -l job-name=weigh -o name | grep -q pod; do sleep 0.3; done
