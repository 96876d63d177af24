#!/bin/sh
# A ping whose cable can be pulled: cabled-ping.sh <folder> <program> <arguments...> <address>
folder=$1
shift
for address; do :; done
if [ -e "$folder/pulled-$address" ]; then
  echo "1 packets transmitted, 0 received, 100% packet loss"
  exit 1
fi
exec "$@"
