kubectl patch networkpolicy office-egress --type=json --patch '[{"op": "remove", "path": "/spec/egress/1"}]'
