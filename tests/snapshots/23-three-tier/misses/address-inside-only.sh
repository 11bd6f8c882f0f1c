kubectl patch service frontend -p '{"spec": {"type": "ClusterIP"}}'
