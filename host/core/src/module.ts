/**
 * For authors of buses and of kinds of devices: what a module has to be, what those of this host are made of, and the building blocks
 * of a schema whose messages are like all others. `openBoard(file, { modules })` takes the module.
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
} from "./board/values.ts";
export type { BusCounts } from "./bus/counts.ts";
export type { GpioTypes } from "./bus/gpio/types.ts";
export type { I2cTypes } from "./bus/i2c/types.ts";
export type {
  BusConnection,
  BusModule,
  BusModules,
  BusOffer,
  BusUse,
  SimulatedEntries,
  WiredEntry,
} from "./bus/module.ts";
export type { BusOpened } from "./bus/opened.ts";
export type { AppRun, BusLife, DrivenDevice, Wiring } from "./bus/running.ts";
export type { SpiTypes } from "./bus/spi/types.ts";
export type { BusTypes } from "./bus/types.ts";
export type { UartTypes } from "./bus/uart/types.ts";
export type { UsbTypes } from "./bus/usb/types.ts";
export {
  AppDevice,
  type AppInterface,
  type AppLife,
  appInterface,
  type OpenForApp,
} from "./device/app-device.ts";
export type {
  CommandRun,
  DeviceCommands,
  DeviceModule,
  DeviceModules,
  DeviceOpening,
} from "./device/module.ts";
export { deviceInterfaces, deviceModules } from "./device/modules.ts";
export {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "./device/opened-device.ts";
export { BackendError, HostError } from "./error.ts";
export type { Taken, TransactionQuota } from "./grants/rate.ts";
export { CallBudget } from "./instance/budget.ts";
export { audit, type CommonContext } from "./instance/context.ts";
export { InstanceHandle } from "./instance/handle.ts";
export { auditAppName, BoardError, requireOwnName } from "./interfaces/busbar-board.ts";
export type { Offer } from "./link/grant.ts";
export {
  type BuiltIn,
  type BusesIn,
  builtIn,
  type HostModule,
  type HostModules,
  splitModules,
  type With,
  withModules,
} from "./modules.ts";
export type { BusTraceEvent } from "./trace/events.ts";
