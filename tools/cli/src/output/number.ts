import { type Channel, units } from "@busbar/host";
import { printable } from "./printable.ts";

/** No sensor has more; what a driver claims beyond it is noise. */
const mostDecimals = 9;

/** A number larger than this, or one that is none, is no measurement that lines up in a column. */
const largestPlain = 1e12;

/** A channel's value with the decimals that its resolution makes meaningful: 22.51 for a step of 0.005. */
export function formatValue(channel: Channel, value: number | undefined): string {
  if (value === undefined) return "-";
  if (!Number.isFinite(value) || Math.abs(value) >= largestPlain) return String(value);
  return value.toFixed(decimalsOf(channel));
}

/** The widest that a value within the channel's range gets, so that columns stay where they are. */
export function widthOf(channel: Channel): number {
  const widths = [channel.minimum, channel.maximum].map((value) => formatValue(channel, value).length);
  return Math.min(Math.max(...widths), 14);
}

/** The unit of a channel; a quantity that this version does not know has none. */
export function unitOf(channel: Channel): string {
  return units[channel.quantity] ?? "";
}

/** A channel's label, safe to show. */
export function labelOf(channel: Channel): string {
  return printable(channel.label, 40);
}

function decimalsOf({ resolution }: Channel): number {
  if (!(resolution > 0 && Number.isFinite(resolution))) return 3;
  return Math.min(Math.max(Math.floor(-Math.log10(resolution)), 0), mostDecimals);
}
