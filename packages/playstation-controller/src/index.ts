/** DualShock 4 and DualSense: bytes in, states out, and the other way round. Nothing here does I/O. */

export type { Battery } from "./battery.ts";
export * from "./dualsense.ts";
export * from "./dualshock-4.ts";
export {
  type AxisCalibration,
  type Calibration,
  calibrated,
  type Motion,
  nominalCalibration,
  parseDualSenseCalibration,
  parseDualShock4Calibration,
  type RawMotion,
  type Vector,
} from "./motion.ts";
export { type PlayStationButton, type PlayStationState, type Stick, standardGamepad } from "./state.ts";
export type { TouchPoint, TouchpadSize } from "./touch.ts";
