kubectl create configmap board-config --from-literal=hours=06:00-20:00 --from-literal=notice.txt='Harbour open'
sed -i 's|value: "06.*|valueFrom: {configMapKeyRef: {name: board-config, key: hours}}|' board.yaml
sed -i 's|          env:|          volumeMounts: [{name: config, mountPath: /etc/board/notice.txt, subPath: notice.txt}]\n&|' board.yaml
printf '      volumes: [{name: config, configMap: {name: board-config}}]\n' >> board.yaml
kubectl apply -f board.yaml
kubectl rollout status deployment/board --timeout=60s
kubectl patch configmap board-config --patch '{"data": {"hours": "08:00-18:00", "notice.txt": "Storm warning"}}'
