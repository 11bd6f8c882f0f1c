set -x
sed -i 's/06:00-20:00/08:00-18:00/; s/Harbour open/Storm warning/' config.yaml
kubectl apply -f config.yaml
kubectl annotate pod -l app=board --overwrite looked-at="$(date +%s)"
until kubectl exec deployment/board -- grep Storm /etc/board/notice.txt; do sleep 0.5; done
kubectl logs deployment/board --tail=4
