sed 's/OnFailure/Never/; s/name: weigh$/name: weigh-again/; s/^          command:/          env: [{name: WEIGTH, value: "20"}]\n          command:/' weigh.yaml > weigh-again.yaml
kubectl apply -f weigh-again.yaml
until kubectl get job weigh-again -o jsonpath='{.status.failed}' | grep -q 1; do sleep 0.3; done
