password=$(kubectl get secret database-password -o jsonpath='{.data.password}' | base64 -d)
kubectl create configmap settings --from-literal=address="postgresql://postgres:$password@database/arrivals"
