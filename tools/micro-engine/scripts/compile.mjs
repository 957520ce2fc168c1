// Compiles MicroQuickJS, and what makes an engine for drivers of it, to dist/engine.wasm. It wants clang and lld, and cargo, which
// brings the C sources. Without them it says so, and is done: who works on the rest needs none of it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const target = "dist/engine.wasm";
const keyFile = "dist/engine.key";
const work = "dist/work";

/** What of the engine's package is compiled here; the tables that it has already are for other machines. */
const headers = [
  "cutils",
  "dtoa",
  "libm",
  "list",
  "mquickjs",
  "mquickjs_build",
  "mquickjs_opcode",
  "mquickjs_priv",
];
const sources = ["cutils", "dtoa", "libm", "mqjs_stdlib", "mquickjs", "mquickjs_build"];
const templates = ["softfp_template", "softfp_template_icvt"];
const engineFiles = [
  ...[...headers, ...templates].map((name) => `${name}.h`),
  ...sources.map((name) => `${name}.c`),
];

/** Only what docs/flattened.md lets a core module use. */
const features = ["-mcpu=mvp", "-msign-ext", "-mnontrapping-fptoint", "-mbulk-memory"];

/** The linear memory begins with the stack, so that one that is too deep ends in a trap and not in somebody's values. */
const stackBytes = 8192;

const exported = ["slots", "call_host", "message", "__global_base", "__heap_base"];

/**
 * What is corrected in the engine's source: of free blocks side by side the collector merges all into the first, and would call the
 * finalizer of that one alone.
 */
const corrections = [
  [
    "mquickjs.c",
    "while (ptr1 < ctx->heap_free && ((JSFreeBlock *)ptr1)->gc_mark == 0) {",
    "while (ptr1 < ctx->heap_free && ((JSFreeBlock *)ptr1)->gc_mark == 0 && !has_finalizer(ctx, ptr1)) {",
  ],
  [
    "mquickjs.c",
    "static void gc_mark_all(JSContext *ctx, BOOL keep_atoms)",
    `static BOOL has_finalizer(JSContext *ctx, void *ptr)
{
    JSObject *p = ptr;
    return p->mtag == JS_MTAG_OBJECT && p->class_id >= JS_CLASS_USER &&
        ctx->c_finalizer_table[p->class_id - JS_CLASS_USER] != NULL;
}

static void gc_mark_all(JSContext *ctx, BOOL keep_atoms)`,
  ],
];

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error !== undefined || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/** The folder of the package with the C sources. */
function engineSources() {
  const metadata = JSON.parse(run("cargo", ["metadata", "--locked", "--format-version", "1"]));
  const { manifest_path: manifest } = metadata.packages.find(({ name }) => name === "rmquickjs-sys");
  return join(dirname(manifest), "mquickjs");
}

/** All that decides about the result. */
function key() {
  const hash = createHash("sha256").update(run("clang", ["--version"]));
  const own = readdirSync("src", { recursive: true }).filter((name) => /\.[ch]$/.test(name));
  for (const file of ["Cargo.lock", "scripts/compile.mjs", ...own.sort().map((name) => join("src", name))])
    hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

function compile() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const from = engineSources();
  for (const name of engineFiles) copyFileSync(join(from, name), join(work, name));
  for (const [file, from, to] of corrections) {
    const text = readFileSync(join(work, file), "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} is not as it was: correct it another way`);
    writeFileSync(
      join(work, file),
      text.replace(from, () => to),
    );
  }
  // It is someone else's: its warnings are not for who builds this.
  const quiet = ["-w", "-I", work];
  const generator = join(work, "library");
  run("clang", [...quiet, "-O1", "src/library.c", join(work, "mquickjs_build.c"), "-o", generator]);
  writeFileSync(join(work, "mquickjs_atom.h"), run(generator, ["-a", "-m32"]));
  writeFileSync(join(work, "library.h"), run(generator, ["-m32"]));
  const units = [
    "src/engine.c",
    "src/libc.c",
    ...["cutils", "dtoa", "libm"].map((name) => join(work, `${name}.c`)),
  ];
  const forWasm = ["--target=wasm32", ...features, "-ffreestanding", "-nostdlib", "-I", "src/include"];
  // A microcontroller's flash is smaller than its time is short.
  const optimized = ["-Oz", "-flto", "-fno-math-errno", "-fno-strict-aliasing"];
  const linked = [
    "--no-entry",
    "--stack-first",
    "-z",
    `stack-size=${stackBytes}`,
    "--export-table",
    "--strip-all",
  ];
  const links = [...linked, ...exported.map((name) => `--export=${name}`)].map((each) => `-Wl,${each}`);
  run("clang", [...quiet, ...forWasm, ...optimized, ...links, ...units, "-o", target]);
  rmSync(work, { recursive: true });
}

const missing = ["clang", "wasm-ld", "cargo"].filter((name) => spawnSync(name, ["--version"]).status !== 0);
if (missing.length > 0) {
  console.log(
    `${missing.join(" and ")} is not installed, so the engine "micro" is not built; on Debian install clang and lld, and cargo ` +
      "from https://rustup.rs.",
  );
  // What was built of other sources would not fit.
  rmSync(target, { force: true });
} else {
  const wanted = key();
  const isThere = existsSync(target) && existsSync(keyFile) && readFileSync(keyFile, "utf8") === wanted;
  if (!isThere) {
    compile();
    writeFileSync(keyFile, wanted);
    console.log(`${target}: ${readFileSync(target).length} bytes`);
  }
}
