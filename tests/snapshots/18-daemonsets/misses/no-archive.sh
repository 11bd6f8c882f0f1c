kubectl delete deployment,service archive
