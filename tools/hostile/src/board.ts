import type { BoardFile, BoardListener, OpenBoard } from "@busbar/host";
import { type OpenBoardOptions, openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { type HostileCase, hostileLimits } from "./case.ts";

/** The simulated sensor that means no harm. */
export const healthyEntry = { driver: "@busbar/bme280", i2c: { bus: "sim", address: "0x76" } } as const;

const patientMs = 5_000;

/** What a healthy sensor measures. */
const healthyChip = { i2c: "sim", address: "0x76", model: "bme280" } as const;

/** What a hostile driver on SPI has. */
export const loopback = { spi: "other", chipSelect: 0, model: "spi-loopback" } as const;

/**
 * The board of a case.
 *
 * @param healthy more devices and apps, which mean no harm
 */
export function boardOf(
  { kind, bus, limits, ends }: HostileCase,
  healthy: Partial<BoardFile> = {},
): BoardFile {
  const { devices = {}, apps = {} } = healthy;
  // Only what ends by its time has little of it: a busy machine needs more for all else.
  const callMs = String(ends).includes("took longer") ? hostileLimits.callMs : patientMs;
  const entry = { limits: { ...hostileLimits, callMs, ...limits } };
  const wired =
    bus === "spi" ? { spi: { bus: "other", chipSelect: 0 } } : { i2c: { bus: "other", address: "0x76" } };
  const device = { driver: "./case.wasm", ...wired, ...entry };
  const { memoryMiB } = entry.limits;
  const app = { component: "./case.wasm", uses: [], limits: { memoryMiB } };
  return {
    devices: { ...(kind !== "app" && { hostile: device }), ...devices },
    apps: { ...(kind === "app" && { hostile: app }), ...apps },
    simulate: [healthyChip, { ...healthyChip, i2c: "other" }, loopback],
  };
}

/** Nothing that is prepared is kept: each run of a case begins anew. */
const forgetful: OpenBoardOptions["prepared"] = {
  key: () => "",
  get: async () => undefined,
  put: async () => undefined,
};

/** Opens a board on simulated buses alone. */
export function openSimulated(
  board: BoardFile,
  folder: string,
  options: { readonly tolerant?: boolean; readonly onEvent?: BoardListener } = {},
): Promise<OpenBoard> {
  return openBoard(board, { ...options, folder, simulate, i2c: [], spi: [], usb: [], prepared: forgetful! });
}
