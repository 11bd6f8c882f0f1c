echo "# was: old-lighthouse" >> office.yaml
