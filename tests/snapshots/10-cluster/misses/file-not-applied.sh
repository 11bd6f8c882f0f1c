kubectl patch configmap notice --type=merge --patch '{"data": {"text": "Harbour closed"}}'
