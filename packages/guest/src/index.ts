export { boardFault, DriverError, exported, i2cFault } from "./errors.ts";
export { hex } from "./hex.ts";
export { type Delay, type I2cOperation, type I2cTarget, WasiDelay, WasiI2cTarget } from "./i2c.ts";
export { Registers } from "./registers.ts";
export {
  type Board,
  type ExportedSensor,
  type SensorDefinition,
  type SensorDriver,
  type SensorExport,
  sensorOn,
} from "./sensor-export.ts";
export {
  completeOptions,
  flag,
  integer,
  type Option,
  type OptionsOf,
  type OptionTable,
  oneOf,
  parseSettings,
} from "./settings.ts";
export { fromU64, toU64 } from "./u64.ts";
export type {
  BusFault,
  BusFaultKind,
  Channel,
  DeviceError,
  I2cErrorCode,
  Info,
  Quantity,
  Wiring,
} from "./wit.ts";
