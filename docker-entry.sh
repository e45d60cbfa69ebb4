#!/bin/sh
# A new volume gets the prepared model and index; an old one keeps its own.
set -eu
if [ ! -e "$TORKHAM_HOME/model" ]; then
  cp -R /prepared/. "$TORKHAM_HOME/"
fi
exec torkham "$@"
