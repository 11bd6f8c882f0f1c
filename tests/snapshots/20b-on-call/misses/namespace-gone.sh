bash night.sh
kubectl delete namespace tides
