kubectl delete configmap tariff-2027
kubectl create configmap tariff-2027 --from-literal=FEE=15
