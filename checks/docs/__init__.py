"""Pages of the documentation site that are generated from the code: labs, command line, file formats."""
