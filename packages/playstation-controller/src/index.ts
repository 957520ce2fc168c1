/** DualShock 4 and DualSense: the driver, and the pure protocol below it. */

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
export { PlayStationController, playStationControllerOptions } from "./playstation-controller.ts";
export * from "./report.ts";
export type { PlayStationButton, PlayStationState, Stick } from "./state.ts";
export type { TouchPoint, TouchpadSize } from "./touch.ts";
