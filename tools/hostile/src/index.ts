/** Components that mean harm, made from harmless parts, and what runs them beside a sensor that means none. */

export { boardOf, healthyEntry } from "./board.ts";
export { endsSo, goesOn, type HostileCase, type HostileKind, hostileLimits } from "./case.ts";
export { corpus } from "./corpus/index.ts";
export { everyMs, Heartbeat } from "./heartbeat.ts";
export { nativeCorpus } from "./native/corpus.ts";
export type { NativeHost } from "./native/host.ts";
export { playNative } from "./native/play.ts";
export { wamrHost } from "./native/wamr.ts";
export { wasmtimeHost } from "./native/wasmtime.ts";
export { folderOf, play } from "./play.ts";
export { readerApp } from "./wat/app.ts";
