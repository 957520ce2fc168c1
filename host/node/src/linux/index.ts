/** I2C on Linux: the backend, the list of buses, the scan, and what `busbar doctor` needs to know. */

export { explainMissingI2cBus, linuxI2c } from "./backend.ts";
export { diagnoseLinuxI2c, type Finding } from "./diagnose.ts";
export {
  type I2cBusInfo,
  type I2cScan,
  type I2cScanEntry,
  type I2cScanState,
  listI2cBuses,
  scanI2c,
} from "./scan.ts";
export type { Adapter } from "./sysfs.ts";
export type { FileStatus, LinuxSystem, SystemFiles } from "./system.ts";
