/**
 * Which control of a gamepad is which button or axis of the "standard" gamepad. HID numbers buttons but does not say
 * where they are, so this is known for each family of devices. Sources: W3C Gamepad, "Remapping" (the standard layout);
 * Android's gamepad requirements, which follow the order of Linux' BTN_GAMEPAD; the makers' own report descriptors.
 */

import { type Field, hasUsage } from "./field.ts";
import type { ReportDescriptor } from "./report-descriptor.ts";
import { Usage } from "./usages.ts";

/** The buttons of the standard layout. */
export const StandardButton = {
  /** The lower one of the right cluster. */
  SOUTH: 0,
  EAST: 1,
  WEST: 2,
  NORTH: 3,
  LEFT_SHOULDER: 4,
  RIGHT_SHOULDER: 5,
  LEFT_TRIGGER: 6,
  RIGHT_TRIGGER: 7,
  /** Back, Select, Share or View. */
  SELECT: 8,
  /** Start, Options or Menu. */
  START: 9,
  LEFT_STICK: 10,
  RIGHT_STICK: 11,
  DPAD_UP: 12,
  DPAD_DOWN: 13,
  DPAD_LEFT: 14,
  DPAD_RIGHT: 15,
  /** The one in the middle, with the maker's sign. */
  HOME: 16,
  /** Behind the standard's buttons: a touchpad that can be pressed, or a button to share or capture. */
  TOUCHPAD: 17,
  /** Behind the standard's buttons: mute. */
  MUTE: 18,
} as const;

/** The axes of the standard layout, -1 is left or up. */
export const StandardAxis = { LEFT_X: 0, LEFT_Y: 1, RIGHT_X: 2, RIGHT_Y: 3 } as const;

/** Where the controls of a device go. The hat switch and the D-pad usages always go to buttons 12 to 15. */
export interface GamepadMapping {
  /** "standard" when every control is where the standard says; "" when it is not known. */
  readonly name: "standard" | "";
  /** Axis by usage; see `StandardAxis`. */
  readonly axes: ReadonlyMap<number, number>;
  /** Button by usage, 32 bits: buttons, and axes that are triggers. See `StandardButton`. */
  readonly buttons: ReadonlyMap<number, number>;
}

/** Which device it is: idVendor and idProduct. */
export interface GamepadIdentity {
  readonly vendorId: number;
  readonly productId: number;
}

const B = StandardButton;
const unused = undefined;

/** Sony's order, which very many others took over. */
const dualShockButtons = [
  ...[B.WEST, B.SOUTH, B.EAST, B.NORTH, B.LEFT_SHOULDER, B.RIGHT_SHOULDER, B.LEFT_TRIGGER, B.RIGHT_TRIGGER],
  ...[B.SELECT, B.START, B.LEFT_STICK, B.RIGHT_STICK, B.HOME, B.TOUCHPAD, B.MUTE],
];
/** BTN_A, B, C, X, Y, Z, TL, TR, TL2, TR2, SELECT, START, MODE, THUMBL, THUMBR: C and Z do not exist. */
const androidButtons = [
  ...[B.SOUTH, B.EAST, unused, B.WEST, B.NORTH, unused, B.LEFT_SHOULDER, B.RIGHT_SHOULDER],
  ...[B.LEFT_TRIGGER, B.RIGHT_TRIGGER, B.SELECT, B.START, B.HOME, B.LEFT_STICK, B.RIGHT_STICK],
];
const xboxButtons = [
  ...[B.SOUTH, B.EAST, B.WEST, B.NORTH, B.LEFT_SHOULDER, B.RIGHT_SHOULDER],
  ...[B.SELECT, B.START, B.LEFT_STICK, B.RIGHT_STICK],
];

const rightStickZ: readonly Pair[] = [
  [Usage.Z, StandardAxis.RIGHT_X],
  [Usage.RZ, StandardAxis.RIGHT_Y],
];
const rightStickR: readonly Pair[] = [
  [Usage.RX, StandardAxis.RIGHT_X],
  [Usage.RY, StandardAxis.RIGHT_Y],
];

type Pair = readonly [usage: number, target: number];

/** DualShock 4 and DualSense over USB. Buttons 7 and 8 repeat the triggers Rx and Ry. */
const sony = mapping("standard", rightStickZ, dualShockButtons, [
  [Usage.RX, B.LEFT_TRIGGER],
  [Usage.RY, B.RIGHT_TRIGGER],
]);
/** Logitech's in the position "D": triggers are buttons only. */
const directInput = mapping("standard", rightStickZ, dualShockButtons, []);
/** Android's, with the triggers as pedals: Stadia, Luna, Xbox over Bluetooth. */
const android = mapping("standard", rightStickZ, androidButtons, [
  [Usage.BRAKE, B.LEFT_TRIGGER],
  [Usage.ACCELERATOR, B.RIGHT_TRIGGER],
  [Usage.AC_BACK, B.SELECT],
  [Usage.AC_HOME, B.HOME],
  [Usage.RECORD, B.TOUCHPAD],
]);
/** Xbox One S over Bluetooth with its first firmware. */
const xbox = mapping("standard", rightStickR, xboxButtons, [
  [Usage.Z, B.LEFT_TRIGGER],
  [Usage.RZ, B.RIGHT_TRIGGER],
  [Usage.SYSTEM_MAIN_MENU, B.HOME],
]);

/** By "vendor:product". */
const known: ReadonlyMap<string, GamepadMapping> = new Map([
  ["054c:05c4", sony], // DualShock 4
  ["054c:09cc", sony], // DualShock 4, second version
  ["054c:0ba0", sony], // DualShock 4 USB wireless adapter
  ["054c:0ce6", sony], // DualSense
  ["054c:0df2", sony], // DualSense Edge
  ["046d:c216", directInput], // Logitech F310
  ["046d:c218", directInput], // Logitech F510
  ["046d:c219", directInput], // Logitech F710
  ["045e:02e0", xbox], // Xbox One S, Bluetooth, firmware 3
]);

/**
 * The mapping of a device: by its identity where it is known, or else by its pedals, which only Android's layout has.
 * Otherwise its name is "": sticks and hat switch are where the standard has them, and buttons are in their own order.
 */
export function gamepadMapping(descriptor: ReportDescriptor, identity?: GamepadIdentity): GamepadMapping {
  const byIdentity = identity === undefined ? undefined : known.get(identityKey(identity));
  if (byIdentity !== undefined) return byIdentity;
  const has = (usage: number) => inputFields(descriptor).some((field) => hasUsage(field, usage));
  if (has(Usage.BRAKE) && has(Usage.ACCELERATOR)) return android;

  const rightStick = has(Usage.Z) && has(Usage.RZ) ? rightStickZ : rightStickR;
  // Where the right stick is Z and Rz, what is left can only be triggers.
  const triggers = rightStick === rightStickZ ? [Usage.RX, Usage.RY] : [Usage.Z, Usage.RZ];
  const inOrder = Array.from({ length: 32 }, (_, index) => (index < B.DPAD_UP ? index : index + 5));
  return mapping("", rightStick, inOrder, [
    [triggers[0]!, 49],
    [triggers[1]!, 50],
  ]);
}

function inputFields({ fields }: ReportDescriptor): Field[] {
  return fields.filter(({ report }) => report.type === "input");
}

function mapping(
  name: "standard" | "",
  rightStick: readonly Pair[],
  buttons: readonly (number | undefined)[],
  others: readonly Pair[],
): GamepadMapping {
  const numbered = buttons.flatMap((target, index): Pair[] =>
    target === undefined ? [] : [[Usage.BUTTON_1 + index, target]],
  );
  const leftStick: readonly Pair[] = [
    [Usage.X, StandardAxis.LEFT_X],
    [Usage.Y, StandardAxis.LEFT_Y],
  ];
  return { name, axes: new Map([...leftStick, ...rightStick]), buttons: new Map([...numbered, ...others]) };
}

function identityKey({ vendorId, productId }: GamepadIdentity): string {
  return [vendorId, productId].map((id) => id.toString(16).padStart(4, "0")).join(":");
}
