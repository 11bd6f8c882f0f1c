kubectl delete service gate
kubectl expose deployment office --name=gate --port=80 --target-port=8080
