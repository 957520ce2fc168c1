/** What an HTS221 answers: a real part's calibration (vectors/hts221.json, "silmaen_emulated"). */

import { bytes, playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { expect } from "vitest";
import { HTS221 } from "../src/hts221.ts";

/** The part's one address (5.1.1). */
export const ADDRESS = 0x5f;

/** Lets a test open drivers on what must happen. */
export const play = playerOf(HTS221, ADDRESS);

/** H0_rH 29, H1_rH 66.5, T0_degC 20.75, T1_degC 34.75; H0_T0_OUT -13, H1_T0_OUT -12408, T0_OUT -3, T1_OUT 763. */
export const calib = bytes("3a 85 a6 16 00 c4 f3ff 0000 88cf fdff fb02");
/** H_OUT -6114, T_OUT 600. */
export const data = bytes("1ee8 5802");
/** What those are in %RH and °C. */
export const sample = {
  humidity: expect.closeTo(47.458047599838, 9),
  temperature: expect.closeTo(31.77088772846, 9),
};

/** `STATUS_REG` says that nothing, one of both, or both are there. */
export const status = (content: number): ExpectedTransaction => ({ write: [0x27], read: [content] });
export const booting: ExpectedTransaction = { write: [0x21], read: [0x80] };
export const outputs: ExpectedTransaction = { write: [0xa8], read: data };
/** What the driver writes to power the part down. */
export const powerDown: ExpectedTransaction = { write: [0x20, 0x00] };

/** What must happen when an HTS221 is opened; the default options where nothing is given. */
export function openHTS221({ read = calib, avConf = 0x1b, ctrl2 = 0x00, ctrl1 = 0x84 } = {}) {
  return [
    { write: [0x0f], read: [0xbc] },
    powerDown,
    { write: [0x21, 0x80] },
    { write: [0x21], read: [0x00] },
    // Twice, because one could be garbled.
    { write: [0xb0], read },
    { write: [0xb0], read },
    { write: [0x10, avConf] },
    { write: [0x21, ctrl2] },
    { write: [0x20, ctrl1] },
  ] satisfies ExpectedTransaction[];
}

/** A reading in one-shot mode that follows on a complete one. */
export function readOnce({ ctrl2 = 0x01, read = data } = {}): ExpectedTransaction[] {
  return [{ write: [0x21, ctrl2] }, status(0b11), { write: [0xa8], read }];
}

/** The first reading, or one after a failure: what an earlier measurement left is read first, and not used. */
export function readFirst(options: Parameters<typeof readOnce>[0] = {}): ExpectedTransaction[] {
  return [{ write: [0xa8], read: [0, 0, 0, 0] }, ...readOnce(options)];
}
