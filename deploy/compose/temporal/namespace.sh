#!/bin/sh
# Creates the namespace, and waits until the server lets it be used; a repeat changes nothing.
set -eu
within=60
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d >/dev/null 2>&1; do
  within=$((within - 1))
  [ "$within" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS took no namespace within a minute." >&2; exit 1; }
  sleep 1
done
until temporal workflow count --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  within=$((within - 1))
  [ "$within" -gt 0 ] || { echo "Namespace $TEMPORAL_NAMESPACE could not be used within a minute." >&2; exit 1; }
  sleep 1
done
echo "Namespace $TEMPORAL_NAMESPACE is there."
