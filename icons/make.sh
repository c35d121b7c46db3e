#!/usr/bin/env bash
# Draws every picture of the program from its SVG: the application's in all sizes, and the tray's, one for each state,
# panel and size. What it makes is committed, so that a build needs neither this script nor Node.
set -euo pipefail
cd "$(dirname "$0")"
cli="@tauri-apps/cli@2.12"
made=$(mktemp -d)
trap 'rm -r "$made"' EXIT

npx --yes "$cli" icon app.svg --output "$made/app" > "$made/log" 2>&1
cp "$made"/app/{32x32,128x128,128x128@2x,icon}.png "$made"/app/icon.{ico,icns} .

for panel in light dark any; do
  rules=$(tr '\n' ' ' < "tray/$panel.css")
  for picture in tray/*.svg; do
    state=$(basename "$picture" .svg)
    sed "s|</svg>|<style>$rules</style></svg>|" "$picture" > "$made/$state.svg"
    npx --yes "$cli" icon "$made/$state.svg" --output "$made/$state" \
      --png 16 --png 22 --png 24 --png 32 --png 48 >> "$made/log" 2>&1
    for size in 16 22 24 32 48; do
      mkdir -p "tray/$panel/$size"
      mv "$made/$state/${size}x$size.png" "tray/$panel/$size/$state.png"
    done
  done
done
