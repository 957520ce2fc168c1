import { defineConfig } from "vitest/config";

/** The tests that need a kernel: run by src/main.ts in the virtual machine, never by `pnpm test`. */
export default defineConfig({
  // The checkout may be read-only.
  cacheDir: "/tmp/busbar-lab-vitest",
  test: {
    name: "hardware",
    include: ["hardware/**/*.hardware.ts"],
    // There is one kernel, and what a test plugs into it is seen by all.
    fileParallelism: false,
    // A fresh process for each file costs seconds where the processor is emulated.
    isolate: false,
    // V8 frees code of a component that runs, in the emulated machine: its check "it->second.Size() > offset" fails in
    // Runtime_WasmTriggerTierUp, or it jumps into nothing. Seen in one run of three; never without this collection.
    execArgv: ["--no-wasm-code-gc"],
    // What is compiled already needs no transformation, which costs as much again.
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
