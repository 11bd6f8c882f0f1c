kubectl exec deployment/logbook -- psql -U postgres -c "DELETE FROM log" -c "INSERT INTO log (ship) VALUES ('Aurora')"
