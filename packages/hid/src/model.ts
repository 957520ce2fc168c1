/** The simulated devices of this driver, for who plugs them in himself; a board file names those of `models`. */
export { type GamepadControls, HidGamepad, type HidGamepadOptions } from "./model/gamepad.ts";
export type { HidDevice, HidDeviceOptions } from "./model/hid-device.ts";
export { HidKeyboard, type HidKeyboardOptions } from "./model/keyboard.ts";
export { HidMouse, type HidMouseOptions, type MouseMovement } from "./model/mouse.ts";
