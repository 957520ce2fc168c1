#!/usr/bin/env bash
# MicroQuickJS (rmquickjs-sys 1.0.0): a class can have a finalizer in C, which the garbage collector calls. A good engineer guesses
# that it is called for each object that is collected. It is called for the first of those that lie side by side: the collector
# merges free blocks before it looks what the others are (mquickjs.c, gc_mark_all). Memory that belongs to the others is lost.
# Bellard's own example, of which the finalizer counts here.
#
# Seen on 2026-11-30, Linux x64, gcc 12.2.0:
#   objects that were made: 1000
#   finalizers that were called: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"
[lib]
path = "no.rs"
[dependencies]
rmquickjs-sys = "=1.0.0"
TOML
manifest=$(cargo metadata --quiet --format-version 1 | grep -o '"manifest_path":"[^"]*rmquickjs-sys-1.0.0[^"]*"' | head -1 | cut -d'"' -f4)
cp "$(dirname "$manifest")"/mquickjs/*.[ch] "$(dirname "$manifest")/mquickjs/Makefile" .
rm -f mquickjs_atom.h mqjs_stdlib.h
sed -i 's/^static void js_rectangle_finalizer/static int called;\n&/' example.c
sed -i '/^static void js_rectangle_finalizer/,/^}/ s/    free(d);/    free(d);\n    called++;/' example.c
sed -i 's/^    JS_FreeContext(ctx);/    JS_GC(ctx);\n    printf("finalizers that were called: %d\\n", called);\n&/' example.c
make --silent example >/dev/null 2>&1
cat >objects.js <<'JS'
var count = 0;
for (; count < 1000; count++) new Rectangle(1, 2);
print("objects that were made:", count);
JS
printed=$(./example objects.js)
echo "$printed"
expected="objects that were made: 1000
finalizers that were called: 1"
[ "$printed" = "$expected" ]
