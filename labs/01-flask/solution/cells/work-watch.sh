until curl -s localhost:5000/hello/outside; do sleep 0.1; done
docker exec my-running-app python -c 'import urllib.request as web; print(web.urlopen("http://localhost:5000/hello/inside").read())'
docker stop my-running-app
docker start my-running-app
docker logs my-running-app
