kubectl delete service office
sed 's/^spec:/&\n  clusterIP: None/' office.yaml | kubectl apply -f -
