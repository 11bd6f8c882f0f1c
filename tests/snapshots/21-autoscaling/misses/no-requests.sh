kubectl apply -f desk.yaml -f scaler.yaml
until kubectl get hpa desk -o jsonpath='{.status.conditions[*].message}' | grep -q 'missing request'; do sleep 1; done
