cp go.mod sbom.cdx.json
