sed -i 's/^    spec:/    spec:\n      restartPolicy: Always/; s/^  template:/  completions: 5\n  parallelism: 2\n  template:/' count.yaml
kubectl apply -f count.yaml || true
