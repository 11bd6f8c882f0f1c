kubectl delete pod web --ignore-not-found
sed -i 's/cpu: "64"/cpu: 100m/' web.yaml
kubectl apply -f web.yaml
until kubectl get pod web | grep -q Pull; do sleep 0.2; done
