kubectl delete service piers
kubectl create service clusterip piers --clusterip=None --tcp=8080
