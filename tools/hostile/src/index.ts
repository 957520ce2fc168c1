/** Components that mean harm, made from harmless parts, and what runs them beside a sensor that means none. */

export { boardOf, healthyEntry } from "./board.ts";
export { goesOn, type HostileCase, type HostileKind, hostileLimits } from "./case.ts";
export { corpus } from "./corpus/index.ts";
export { everyMs, Heartbeat } from "./heartbeat.ts";
export { nativeBoardOf } from "./native/board.ts";
export { compileBoard, type NativeCommands, nativeCommands } from "./native/commands.ts";
export { nativeCorpus } from "./native/corpus.ts";
export { differences } from "./native/differences.ts";
export { type NativePlay, playNative } from "./native/play.ts";
export { folderOf, play } from "./play.ts";
export { readerApp } from "./wat/app.ts";
