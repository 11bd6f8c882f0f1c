sed -i 's/OnFailure/Never/; s/^spec:/spec:\n  backoffLimit: 1/; s/^          command:/          env: [{name: WEIGHT, value: "20"}]\n          command:/' weigh.yaml
kubectl apply -f weigh.yaml
kubectl wait --for=condition=Complete job/weigh --timeout=60s
