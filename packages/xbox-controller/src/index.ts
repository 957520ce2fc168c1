/** Xbox 360 and Xbox One controllers: the driver, and the pure protocol below it. */

export * from "./gip.ts";
export * from "./report.ts";
export type { Rumble, Stick, TriggerRumble, XboxButton, XboxState } from "./state.ts";
export * from "./xbox-360.ts";
export { XboxController, type XboxControllerOptions, xboxControllerOptions } from "./xbox-controller.ts";
export * from "./xbox-one.ts";
export * from "./xbox-one-start.ts";
