/** Names of files here, for names on a medium, which whoever wrote it chose. Pure. */

import { isPrintable } from "@busbar/fat";

/** What is no part of a name on one system or another; what hides what a name is, is none either. */
const FORBIDDEN = '/\\:*?"<>|';

/** Devices of Windows, whatever follows the point. */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** 255 bytes of UTF-8 are what Linux takes; some are left for a number. */
const LONGEST_BYTES = 240;

/**
 * A name that every system takes, and that leads nowhere: no separator, no "..", nothing that a terminal acts on, no
 * device.
 */
export function safeName(name: string): string {
  const allowed = (character: string) =>
    isPrintable(character.codePointAt(0)!) && !FORBIDDEN.includes(character);
  const cut = shortened(Array.from(name, (character) => (allowed(character) ? character : "_")).join(""));
  // Windows drops points and spaces at the end; only of points, a name could mean a folder.
  const trimmed = cut.replace(/[. ]+$/, "");
  return trimmed === "" || reserved.test(trimmed) ? `_${trimmed}` : trimmed;
}

/**
 * The same, other than all that were taken: two names of a medium can become one.
 *
 * @param taken in one folder; the result is added to it
 */
export function uniqueName(name: string, taken: Set<string>): string {
  const safe = safeName(name);
  let unique = safe;
  for (let number = 2; taken.has(unique.toLowerCase()); number += 1) unique = numbered(safe, number);
  taken.add(unique.toLowerCase());
  return unique;
}

/** "photo~2.jpg". */
function numbered(name: string, number: number): string {
  const point = name.lastIndexOf(".");
  return point < 1 ? `${name}~${number}` : `${name.slice(0, point)}~${number}${name.slice(point)}`;
}

/** Takes characters out before the extension, so that it stays. */
function shortened(name: string): string {
  const characters = [...name];
  const extension = /\.[^.]{1,10}$/.exec(name)?.[0] ?? "";
  let end = characters.length - [...extension].length;
  const bytes = (text: string) => [...text].reduce((sum, each) => sum + utf8Bytes(each.codePointAt(0)!), 0);
  let length = bytes(name);
  if (length <= LONGEST_BYTES) return name;
  while (length > LONGEST_BYTES && end > 0) {
    end -= 1;
    length -= bytes(characters[end]!);
  }
  return characters.slice(0, end).join("") + extension;
}

function utf8Bytes(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}
