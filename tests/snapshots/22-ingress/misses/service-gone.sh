kubectl delete service quay
