#!/bin/sh
# Makes what docker-compose.yml reads as secrets: random passwords, and a certificate authority of its own with one server
# certificate per site. Run it once, before the first `docker compose up`; a repeat changes nothing. Needs openssl.
set -eu
umask 077
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
if [ -e "$folder/complete" ]; then
  echo "$folder is complete already; remove it (and run docker compose down --volumes) to begin anew."
  exit 0
fi
command -v openssl >/dev/null || { echo 'openssl is missing: install it.' >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

password() { openssl rand -hex 18; }
user() { printf '{"username":"%s","password":"%s"}\n' "$1" "$2"; }
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

admin=$(password) observer=$(password) application=$(password) webhook=$(password)
printf '%s' "$(password)" >postgres-password
printf '%s' "$webhook" >webhook-password
user sitewarden "$webhook" >webhook-credentials.json
# The API keeps no token, only its digest.
token=$(password)
printf '%s' "$token" >api-token
digest=$(printf '%s' "$token" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
printf '{"operator":{"sha256":"%s","groups":["operators"]}}\n' "$digest" >api-tokens.json
user admin "$admin" >infinispan-admin.json
user application "$application" >infinispan-application.json
printf 'admin=%s\nobserver=%s\napplication=%s\n' "$admin" "$observer" "$application" >infinispan-users.properties

# shellcheck disable=SC2086 # the words of $key are words
openssl req -x509 $key -days 825 -subj '/CN=Sitewarden compose CA' -keyout ca.key -out infinispan-ca.pem 2>/dev/null
serial=1
for site in site-a site-b; do
  names="DNS:infinispan.$site.example,DNS:localhost,IP:127.0.0.1"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" >extensions
  # shellcheck disable=SC2086
  openssl req $key -subj "/CN=$site" -keyout "$site.key" -out "$site.csr" 2>/dev/null
  openssl x509 -req -CA infinispan-ca.pem -CAkey ca.key -set_serial "$serial" -days 825 -in "$site.csr" \
    -extfile extensions -out "$site.crt" 2>/dev/null
  cat "$site.key" "$site.crt" >"infinispan-$site.pem"
  rm "$site.key" "$site.csr" "$site.crt" extensions
  serial=$((serial + 1))
done
# Nobody needs to sign another one.
rm ca.key

# Compose hands a file on with its owner and mode, and each container has a user of its own: the folder keeps others out.
chmod 0444 ./*
touch complete
echo "Made in $folder: $(ls | grep -vc complete) secrets. They are for this installation on this machine only."
