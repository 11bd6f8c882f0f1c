kubectl patch quota quay --type=json -p '[{"op": "remove", "path": "/spec/hard/limits.memory"}]'
