# The Deployment of blue got the other color: nothing to go back to.
kubectl apply -f board.yaml
kubectl set env deployment/board-blue COLOR=green
