docker tag localhost:8066/berth-sign:2.1-amd64 localhost:8066/berth-sign:2.1
docker push --quiet localhost:8066/berth-sign:2.1
python3 sbom.py berth-sign:2.1 > sbom.cdx.json
