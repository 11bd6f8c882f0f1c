# Only the tag is new.
docker buildx imagetools create --tag localhost:8066/berth-sign:2.1 localhost:8066/berth-sign:2.0
python3 sbom.py berth-sign:2.1 > sbom.cdx.json
