bash night.sh
until kubectl get pods -n cranes | grep -q -E 'ErrImagePull|ImagePullBackOff'; do sleep 0.5; done
