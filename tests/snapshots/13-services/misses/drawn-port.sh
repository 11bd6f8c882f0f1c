kubectl delete service gate
kubectl create service nodeport gate --tcp=80:8080
kubectl set selector service gate part=office
