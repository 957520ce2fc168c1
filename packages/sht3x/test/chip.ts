/** What an SHT3x answers. */

import { bytes, playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { expect } from "vitest";
import { SHT3x } from "../src/sht3x.ts";

/** With ADDR at VSS (3.1, table 8). */
export const ADDRESS = 0x44;

/** Lets a test open drivers on what must happen. */
export const play = playerOf(SHT3x, ADDRESS);

/** S_T 0x6666 and S_RH 0x3333, 2/5 and 1/5 of 2^16 - 1, each with its checksum. */
export const data = bytes("6666 93 3333 88");
/** What those are in °C and %RH. */
export const sample = { temperature: expect.closeTo(25, 9), humidity: expect.closeTo(20, 9) };

export const breaks: ExpectedTransaction = { write: [0x30, 0x93] };
export const result: ExpectedTransaction = { read: data };
export const fetch: ExpectedTransaction = { write: [0xe0, 0x00] };
/** The part has no data, and so does not acknowledge its address. */
export const noData: ExpectedTransaction = { read: data, error: { tag: "no-acknowledge", val: "address" } };

/** The status register after a reset, and when its flags were cleared, each with its checksum. */
export const afterReset = bytes("8010 e1");
export const cleared = bytes("0000 81");
export const heated = bytes("2000 5d");

/** What must happen when an SHT3x is opened in single-shot mode. */
export function openSHT3x({
  identity = afterReset,
  heater = false,
  status,
}: {
  identity?: number[];
  heater?: boolean;
  status?: number[];
} = {}): ExpectedTransaction[] {
  return [
    breaks,
    { write: [0x30, 0xa2] },
    { write: [0xf3, 0x2d], read: identity },
    { write: [0x30, 0x41] },
    ...(heater ? [{ write: [0x30, 0x6d] }] : []),
    { write: [0xf3, 0x2d], read: status ?? (heater ? heated : cleared) },
  ];
}

/** What must happen when it is opened in periodic or accelerated mode. */
export function openPeriodic(command: number): ExpectedTransaction[] {
  return [...openSHT3x(), { write: [command >> 8, command & 0xff] }];
}

/** A reading in single-shot mode. */
export function readOnce({ command = 0x2400, read = data } = {}): ExpectedTransaction[] {
  return [{ write: [command >> 8, command & 0xff] }, { read }];
}
