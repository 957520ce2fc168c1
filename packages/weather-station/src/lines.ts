/** What a reading looks like on a display: pure, from values to lines of text. */

import type { Channel, TextDisplaySize } from "@busbar/guest";

/** Columns from which on a display shows letters too. */
const NARROW = 8;

/** How a quantity is written: its value in the display's unit, digits after the point, and the unit. */
const formats: Partial<Record<Channel["quantity"], { factor: number; digits: number; unit: string }>> = {
  temperature: { factor: 1, digits: 1, unit: "C" },
  pressure: { factor: 0.01, digits: 0, unit: "hPa" },
  "relative-humidity": { factor: 1, digits: 0, unit: "%" },
  illuminance: { factor: 1, digits: 0, unit: "lx" },
};

/** A value as text: "22.7", "1013", and its unit where there is room. */
function format({ quantity }: Channel, value: number): { text: string; unit: string } {
  const { factor, digits, unit } = formats[quantity] ?? { factor: 1, digits: 2, unit: "" };
  return { text: (value * factor).toFixed(digits), unit };
}

/**
 * One reading for a display of this size: as many channels as fit, a row each. A display with one row shows the channel
 * whose turn it is.
 *
 * @param turn counts the readings, from 0
 * @returns one text for each row, as long as a row, so that nothing of an older reading stays
 */
export function linesFor(
  size: TextDisplaySize,
  channels: readonly Channel[],
  reading: Readonly<Record<string, number>>,
  turn: number,
): string[] {
  return Array.from({ length: size.rows }, (_, row) => {
    const channel = size.rows === 1 ? channels[turn % channels.length] : channels[row];
    const value = channel === undefined ? undefined : reading[channel.label];
    if (channel === undefined || value === undefined) return " ".repeat(size.columns);
    const { text, unit } = format(channel, value);
    // A display this narrow is made of digits: it cannot show a unit, and a point takes no column of it.
    if (size.columns < NARROW) return text.padStart(size.columns + (text.includes(".") ? 1 : 0));
    return (unit === "" ? text : `${text} ${unit}`).padStart(size.columns);
  });
}

/** One reading as a line of print: "temperature 22.7 C, pressure 1013 hPa". */
export function printedLine(channels: readonly Channel[], reading: Readonly<Record<string, number>>): string {
  return channels
    .map((channel) => {
      const value = reading[channel.label];
      if (value === undefined) return channel.label;
      const { text, unit } = format(channel, value);
      return `${channel.label} ${text}${unit === "" ? "" : ` ${unit}`}`;
    })
    .join(", ");
}
