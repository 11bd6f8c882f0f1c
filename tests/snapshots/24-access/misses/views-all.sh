kubectl delete rolebinding board-looks-at-pods
kubectl create rolebinding board-looks-at-pods --clusterrole=view --serviceaccount=lab-24-access:board
