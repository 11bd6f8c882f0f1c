# A quotation mark lost while writing.
sed -i '0,/^choice = "compose"/s//choice = "compose/' answers.toml
