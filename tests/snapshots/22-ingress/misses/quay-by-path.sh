kubectl delete ingress rest
kubectl create ingress rest --class=contour --default-backend=lost:80 --rule='harbour.example.com/quay*=quay:80'
