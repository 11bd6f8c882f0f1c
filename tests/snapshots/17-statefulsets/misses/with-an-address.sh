kubectl delete service piers
kubectl create service clusterip piers --tcp=8080
kubectl set selector service piers app=pier
until kubectl get endpointslices -l kubernetes.io/service-name=piers | grep -q 8080; do sleep 0.2; done
