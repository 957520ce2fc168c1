/** Components that mean harm, made from harmless parts, and what runs them beside a sensor that means none. */

export { boardOf, healthyEntry } from "./board.ts";
export { endsSo, goesOn, type HostileCase, type HostileKind, hostileLimits } from "./case.ts";
export { corpus } from "./corpus/index.ts";
export { everyMs, Heartbeat } from "./heartbeat.ts";
export { nativeCommands } from "./native/commands.ts";
export { nativeCorpus } from "./native/corpus.ts";
export { playNative } from "./native/play.ts";
export { folderOf, play } from "./play.ts";
export { readerApp } from "./wat/app.ts";
