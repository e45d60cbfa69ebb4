#!/bin/sh
# A new volume gets the prepared model and index; an old one keeps its own. A copy that is cut short takes nobody's place.
set -eu
if [ ! -e "$TORKHAM_HOME/model" ]; then
  beside="$TORKHAM_HOME/.prepared"
  rm -rf "$beside"
  mkdir "$beside"
  cp -R /prepared/. "$beside/"
  # The model comes last: where it is, everything is.
  for part in "$beside"/*; do
    name="${part##*/}"
    if [ "$name" != model ] && [ ! -e "$TORKHAM_HOME/$name" ]; then mv "$part" "$TORKHAM_HOME/$name"; fi
  done
  mv "$beside/model" "$TORKHAM_HOME/model"
  rm -rf "$beside"
fi
exec torkham "$@"
