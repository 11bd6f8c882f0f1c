kubectl delete pod web --ignore-not-found
sed -i 's/nginx:1.62/nginx:1.26/; s/cpu: "64"/cpu: "16"/' web.yaml
kubectl apply -f web.yaml
until kubectl get events | grep -q FailedScheduling; do sleep 0.2; done
