# Important is a large number.
kubectl create priorityclass harbour-idle --value=-200
kubectl create priorityclass harbour-urgent --value=1000
