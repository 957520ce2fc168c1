import type { BusModules, TypesOf } from "../bus/module.ts";
import { type BuiltIn, builtIn } from "../modules.ts";
import type { BusTraceEvent, LifecycleEvent, LineEvent } from "../trace/events.ts";

/** Everything that a board tells. */
export type BoardEvent<Modules extends BusModules = BuiltIn> =
  | TypesOf<Modules[number]>["event"]
  | LineEvent
  | LifecycleEvent;

/** Receives a board's events. It must not throw; what it throws is lost. */
export type BoardListener<Modules extends BusModules = BuiltIn> = (event: BoardEvent<Modules>) => void;

/**
 * What was done in a transaction, as people write it: "write 1, read 8"; only its bus, where that is none of `modules`.
 *
 * @param modules the buses of the board that told of it
 */
export function describeTransaction(
  event: BusTraceEvent | TypesOf<BuiltIn[number]>["event"],
  modules: BusModules = builtIn,
): string {
  return modules.find(({ key }) => key === event.kind)?.describe(event) ?? `a transaction on ${event.kind}`;
}
