kubectl exec deployment/logbook -- psql -U postgres -c "UPDATE log SET ship = 'aurora'"
