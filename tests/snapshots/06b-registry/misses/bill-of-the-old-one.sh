python3 sbom.py berth-sign:2.0 > sbom.cdx.json
