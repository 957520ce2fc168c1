export { type SimulatedDevice, simulatedBoard } from "./board.ts";
export { type DisplayFaultCase, displayFaults, type SensorFaultCase, sensorFaults } from "./fault-cases.ts";
export type { Settings } from "./forms.ts";
export { type I2cBackendContract, i2cBackendContract } from "./i2c-backend.ts";
export { busFaults, bytes, payload, playerOf, strikes } from "./play.ts";
export { type SensorContract, type SensorSpecimen, sensorContract } from "./sensor.ts";
export { type SerialPortContract, serialPortContract } from "./serial-port.ts";
export { type ShownText, type TextDisplayContract, textDisplayContract } from "./text-display.ts";
