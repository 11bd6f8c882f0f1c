# The tag is moved back to one's own image.
docker tag "$(docker container inspect berth-sign --format '{{.Config.Image}}')" localhost:8066/berth-sign:1.0
docker push --quiet localhost:8066/berth-sign:1.0
