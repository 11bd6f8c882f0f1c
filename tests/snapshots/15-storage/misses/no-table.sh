kubectl exec deployment/logbook -- psql -U postgres -c "ALTER TABLE log RENAME TO logs"
