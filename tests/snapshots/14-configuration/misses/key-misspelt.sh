kubectl create configmap board-config --from-literal=hours=06:00-20:00 --from-literal=notice='Harbour open'
kubectl apply -f board.yaml
