/**
 * What the author of a bus module needs: its interface, what the modules of this host are made of, and the building blocks of a
 * schema whose messages are like all others. `openBoard(file, { modules })` takes the module.
 */

export {
  becomes,
  list,
  looseObject,
  modelOf,
  name,
  notEmpty,
  oneOf,
  record,
  strictObject,
  text,
  trueOrFalse,
  upTo,
  wholeNumber,
} from "../board/values.ts";
export { BackendError, HostError } from "../error.ts";
export type { Taken, TransactionQuota } from "../grants/rate.ts";
export { CallBudget } from "../instance/budget.ts";
export { audit, type CommonContext } from "../instance/context.ts";
export { InstanceHandle } from "../instance/handle.ts";
export { auditAppName, BoardError, requireOwnName } from "../interfaces/busbar-board.ts";
export type { BusTraceEvent } from "../trace/events.ts";
export type { BusCounts } from "./counts.ts";
export type {
  BusConnection,
  BusModule,
  BusModules,
  BusOffer,
  BusUse,
  SimulatedEntries,
  WiredEntry,
} from "./module.ts";
export type { BusOpened } from "./opened.ts";
export type { AppDevice, AppRun, BusLife, Wiring } from "./running.ts";
export type { BusTypes } from "./types.ts";
