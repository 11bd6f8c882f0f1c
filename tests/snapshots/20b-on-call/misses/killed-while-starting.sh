bash night.sh
until kubectl get events -n ferry | grep -q Killing; do sleep 0.5; done
