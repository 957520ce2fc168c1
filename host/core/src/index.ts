export type { Clock } from "./clock.ts";
export { BackendError, HostError, type HostErrorCode } from "./error.ts";
export type { I2cBackend, I2cBus, I2cBusName, I2cOperation } from "./i2c/backend.ts";
export { I2cError, type I2cErrorCode } from "./i2c/error.ts";
export type { Simulate, SimulateEntry } from "./simulate/simulate.ts";
