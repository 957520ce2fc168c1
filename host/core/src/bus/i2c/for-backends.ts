/** I2C for who needs nothing else of the host: a simulated bus in a component, say. */
export type { I2cAnswer, I2cBackend, I2cBus, I2cBusName, I2cOperation, I2cUse } from "./backend.ts";
export { I2cError, type I2cErrorCode } from "./error.ts";
