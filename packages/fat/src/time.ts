/** Times of files: FAT "Date and Time Formats", exFAT sections 7.4.8 to 7.4.10. */

/** A time as the medium has it. FAT has no time zone: it is the local time of whatever wrote it. */
export interface FileTime {
  /** 1980 to 2107. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** In steps of 10; 0 where the medium counts only every second one. */
  readonly millisecond: number;
  /** exFAT only: how far local time is ahead of UTC. */
  readonly utcOffsetMinutes?: number;
}

/**
 * A date and a time of day as FAT packs them.
 *
 * @param tenMs 0 to 199: what is to be added, in steps of 10 ms
 * @returns undefined where there is none (0) or it is no date
 */
export function parseFileTime(date: number, time: number, tenMs = 0): FileTime | undefined {
  const parts = {
    year: 1980 + (date >> 9),
    month: (date >> 5) & 0x0f,
    day: date & 0x1f,
    hour: time >> 11,
    minute: (time >> 5) & 0x3f,
    second: (time & 0x1f) * 2 + (tenMs >= 100 ? 1 : 0),
    millisecond: (tenMs % 100) * 10,
  };
  const { month, day, hour, minute, second } = parts;
  const isDate = month >= 1 && month <= 12 && day >= 1;
  return isDate && hour < 24 && minute < 60 && second < 60 && tenMs < 200 ? parts : undefined;
}

/**
 * A timestamp of exFAT.
 *
 * @param offset UtcOffset: bit 7 says that it counts, the others are quarters of an hour in two's complement
 */
export function parseExfatTime(timestamp: number, tenMs: number, offset: number): FileTime | undefined {
  const time = parseFileTime(timestamp >>> 16, timestamp & 0xffff, tenMs);
  if (time === undefined || (offset & 0x80) === 0) return time;
  return { ...time, utcOffsetMinutes: ((offset << 25) >> 25) * 15 };
}

/** A time as ISO 8601 has it, in local time, with its offset where that is known: "2026-11-22T17:14:02+01:00". */
export function isoTime(time: FileTime): string {
  const { year, month, day, hour, minute, second, utcOffsetMinutes } = time;
  const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
  if (utcOffsetMinutes === undefined) return text;
  const minutes = Math.abs(utcOffsetMinutes);
  return `${text}${utcOffsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
