kubectl create namespace development
kubectl create quota budget -n development --hard=limits.memory=96Mi
