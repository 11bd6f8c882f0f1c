# A quotation mark lost while writing.
sed -i '0,/^choice = ""/s//choice = "compose/' answers.toml
