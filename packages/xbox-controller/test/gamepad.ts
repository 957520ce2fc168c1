/** A state of an Xbox controller as every app gets it: through the report, as a gamepad. */

import {
  decodeReport,
  GamepadDecoder,
  type GamepadState,
  gamepadMapping,
  parseReportDescriptor,
} from "@busbar/hid";
import { buildInputReport, XBOX_ONE_REPORT_DESCRIPTOR, type XboxState } from "../src/index.ts";

const descriptor = parseReportDescriptor(XBOX_ONE_REPORT_DESCRIPTOR);

export function gamepadOf(state: XboxState): GamepadState {
  const decoder = new GamepadDecoder(descriptor, gamepadMapping(descriptor));
  return decoder.apply(decodeReport(descriptor, "input", buildInputReport(state)))!;
}
