/**
 * Rust with its standard library for wasm32-wasip1, where rustup has no such target: Debian's compiler for web browsers,
 * unpacked, builds the library from source; wasi-libc is Zig's.
 */

import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { cache } from "./places.ts";
import { runZig, zigCache } from "./zig.ts";

const debianPackages = [
  "rustc-web",
  "libstd-rust-web-dev",
  "libstd-rust-web-1.96",
  "rust-web-src",
  "libllvm22",
  "lld-19",
  "libllvm19",
];
const folder = join(cache, "rust");
const usr = join(folder, "usr");
const target = "wasm32-wasip1";

/**
 * Builds a program with Debian's compiler.
 *
 * @param cwd where its Cargo.toml is
 * @returns the core module
 */
export function buildRust(cwd: string, name: string): string {
  unpackCompiler();
  addLibc();
  const libraries = ["lib/x86_64-linux-gnu", "lib", "lib/llvm-22/lib", "lib/llvm-19/lib"];
  const targetFolder = join(cache, "cargo", name);
  command("cargo", ["build", "--release", "-Zbuild-std=std,panic_abort", "--target", target], {
    cwd,
    env: {
      CARGO_TARGET_DIR: targetFolder,
      CARGO_TARGET_WASM32_WASIP1_LINKER: join(usr, "bin/wasm-ld-19"),
      LD_LIBRARY_PATH: libraries.map((each) => join(usr, each)).join(":"),
      RUSTC: join(usr, "bin/rustc"),
      // Building the standard library is not stable.
      RUSTC_BOOTSTRAP: "1",
    },
  });
  return join(targetFolder, target, "release", `${name}.wasm`);
}

function unpackCompiler(): void {
  if (existsSync(join(usr, "bin/rustc"))) return;
  const downloads = join(folder, "debs");
  mkdirSync(downloads, { recursive: true });
  command("apt-get", ["download", ...debianPackages], { cwd: downloads });
  for (const name of readdirSync(downloads)) command("dpkg", ["-x", join(downloads, name), folder]);
  rmSync(downloads, { recursive: true });
}

/** rustc looks for libc and the start of a program in its own folder. */
function addLibc(): void {
  const own = join(usr, "lib/rustlib", target, "lib/self-contained");
  if (existsSync(join(own, "libc.a"))) return;
  const work = join(folder, "libc");
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "empty.c"), "int main(void) { return 0; }\n");
  writeFileSync(join(work, "weak.c"), weakFunctions);
  runZig(["cc", "-target", "wasm32-wasi", "empty.c", "-o", "empty.wasm"], work);
  runZig(["cc", "-target", "wasm32-wasi", "-Oz", "-fno-builtin", "-c", "weak.c", "-o", "weak.o"], work);
  const built = (name: string): string => globSync(join(zigCache, "o/*", name))[0]!;
  const script = `CREATE libc.a\nADDLIB ${built("libc.a")}\nADDLIB ${built("libzigc.a")}\nADDMOD weak.o\nSAVE\nEND\n`;
  runZig(["ar", "-M"], work, script);
  mkdirSync(own, { recursive: true });
  copyFileSync(built("crt1-command.o"), join(own, "crt1-command.o"));
  copyFileSync(join(work, "libc.a"), join(own, "libc.a"));
}

/** What Zig's compiler brings by itself, and its libc therefore lacks. */
const weakFunctions = `#include <stddef.h>
#define weak __attribute__((weak))
weak size_t strlen(const char *s) { size_t n = 0; while (s[n]) n++; return n; }
weak void *memcpy(void *to, const void *from, size_t n) {
  char *d = to; const char *s = from; while (n--) *d++ = *s++; return to;
}
weak void *memmove(void *to, const void *from, size_t n) {
  char *d = to; const char *s = from;
  if (d < s) while (n--) *d++ = *s++; else while (n--) d[n] = s[n];
  return to;
}
weak void *memset(void *to, int byte, size_t n) { char *d = to; while (n--) *d++ = (char)byte; return to; }
weak int memcmp(const void *one, const void *other, size_t n) {
  const unsigned char *a = one, *b = other;
  for (; n--; a++, b++) if (*a != *b) return *a - *b;
  return 0;
}
`;
