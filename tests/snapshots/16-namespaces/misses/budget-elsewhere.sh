kubectl create namespace development
kubectl create quota budget --hard=requests.cpu=100m,requests.memory=48Mi,limits.memory=96Mi
