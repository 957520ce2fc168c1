/**
 * Keyboards, mice and gamepads of a host: its reports, turned into events. Works on whatever has a report descriptor and
 * gives raw reports, as what `board.hid(name)` gives does, whichever driver package is behind it.
 */

import { GamepadDecoder, type GamepadState } from "./gamepad.ts";
import { type GamepadIdentity, gamepadMapping } from "./gamepad-mappings.ts";
import { KeyboardDecoder, type KeyEvent } from "./keyboard.ts";
import { MouseDecoder, type MouseReport } from "./mouse.ts";
import { type DecodedReport, decodeReport, reportOf } from "./report.ts";
import { parseReportDescriptor, type ReportDescriptor, usesIds } from "./report-descriptor.ts";

/** A device that reports; `Options` are what its `readRaw` takes, an AbortSignal say. */
export interface ReportSource<Options> {
  readonly info: GamepadIdentity;
  readonly reportDescriptor: Uint8Array;
  /** The next input report, without its id, which is 0 where the device has none; `undefined` when none came. */
  readRaw(options?: Options): Promise<{ readonly id: number; readonly data: Uint8Array } | undefined>;
}

/**
 * The keys of a keyboard as they go down and up, until the loop is left.
 *
 * @param options for each `readRaw`
 * @throws what `readRaw` throws; HidError for a report descriptor that cannot be used. A report that it does not have is
 *   passed over.
 */
export async function* keyboardEvents<Options>(
  keyboard: ReportSource<Options>,
  options?: Options,
): AsyncGenerator<KeyEvent, void, void> {
  const decoder = new KeyboardDecoder();
  const descriptor = parseReportDescriptor(keyboard.reportDescriptor);
  for await (const report of decodedReports(keyboard, descriptor, options)) yield* decoder.apply(report);
}

/** The movements and buttons of a mouse. @throws as `keyboardEvents` */
export async function* mouseReports<Options>(
  mouse: ReportSource<Options>,
  options?: Options,
): AsyncGenerator<MouseReport, void, void> {
  const decoder = new MouseDecoder();
  const descriptor = parseReportDescriptor(mouse.reportDescriptor);
  for await (const report of decodedReports(mouse, descriptor, options)) {
    const moved = decoder.apply(report);
    if (moved !== undefined) yield moved;
  }
}

/**
 * The states of a gamepad as a browser shows them, after each report: of HID gamepads, and of all that a driver package
 * shows as such.
 *
 * @throws as `keyboardEvents`
 */
export async function* gamepadStates<Options>(
  gamepad: ReportSource<Options>,
  options?: Options,
): AsyncGenerator<GamepadState, void, void> {
  const descriptor = parseReportDescriptor(gamepad.reportDescriptor);
  const decoder = new GamepadDecoder(descriptor, gamepadMapping(descriptor, gamepad.info));
  for await (const report of decodedReports(gamepad, descriptor, options)) {
    const state = decoder.apply(report);
    if (state !== undefined) yield state;
  }
}

async function* decodedReports<Options>(
  source: ReportSource<Options>,
  descriptor: ReportDescriptor,
  options: Options | undefined,
): AsyncGenerator<DecodedReport, void, void> {
  for (;;) {
    const raw = await source.readRaw(options);
    if (raw === undefined) continue;
    const transfer = usesIds(descriptor, "input") ? Uint8Array.of(raw.id, ...raw.data) : raw.data;
    if (transfer.length === 0 || reportOf(descriptor, "input", transfer) === undefined) continue;
    yield decodeReport(descriptor, "input", transfer);
  }
}
