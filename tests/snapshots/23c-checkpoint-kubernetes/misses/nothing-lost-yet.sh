kubectl exec database-0 -- psql -U postgres -d arrivals -c 'TRUNCATE arrivals'
sleep 1
kubectl exec deployment/api -- python -c 'import urllib.request as web; web.urlopen("http://api:8000/api/arrivals", data=b"")'
