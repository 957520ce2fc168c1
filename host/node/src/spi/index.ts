/** SPI on Linux: the backend, and what `busbar doctor` needs to know. */

export { linuxSpi } from "./backend.ts";
export { diagnoseLinuxSpi, diagnoseSpiDevice } from "./diagnose.ts";
