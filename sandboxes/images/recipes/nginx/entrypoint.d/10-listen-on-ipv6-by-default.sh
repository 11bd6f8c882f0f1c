#!/bin/sh
# Listens on IPv6 as well, where there is any and the default configuration is still the image's own.
set -eu
file=/etc/nginx/conf.d/default.conf
[ -e /proc/net/if_inet6 ] && [ -w "$file" ] && ! grep -q 'listen.*\[::\]' "$file" || exit 0
[ "$(sha256sum <"$file")" = "$(sha256sum </usr/share/nginx/default.conf.shipped)" ] || exit 0
changed=$(sed 's/listen 80;/listen 80;\n    listen [::]:80;/' "$file")
printf '%s\n' "$changed" >"$file"
