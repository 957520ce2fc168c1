/** A state as every app gets it: through the report, as a gamepad. */

import {
  decodeReport,
  GamepadDecoder,
  type GamepadState,
  gamepadMapping,
  parseReportDescriptor,
} from "@busbar/hid";
import {
  buildInputReport,
  DUALSENSE,
  DUALSENSE_TOUCHPAD,
  nominalCalibration,
  type PlayStationState,
  reportDescriptorOf,
} from "../src/index.ts";

/** What the report of a state decodes as, by the report descriptor that the driver gives. */
export const descriptor = parseReportDescriptor(reportDescriptorOf(DUALSENSE_TOUCHPAD));

export function decodedReportOf(state: PlayStationState, calibration = nominalCalibration) {
  return decodeReport(descriptor, "input", buildInputReport(state, calibration, DUALSENSE_TOUCHPAD));
}

export function gamepadOf(state: PlayStationState): GamepadState {
  const identity = { vendorId: DUALSENSE.vendorId, productId: DUALSENSE.productIds[0] };
  const decoder = new GamepadDecoder(descriptor, gamepadMapping(descriptor, identity));
  return decoder.apply(decodedReportOf(state))!;
}
