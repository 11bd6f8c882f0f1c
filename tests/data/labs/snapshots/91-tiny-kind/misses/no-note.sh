kubectl exec tiny -- rm /data/note
