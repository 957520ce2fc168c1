/** Seven-segment digits as text art. Bit 0 of a digit is segment A, the top; B to G follow, then the point. */

const SEGMENTS = { a: 0x01, b: 0x02, c: 0x04, d: 0x08, e: 0x10, f: 0x20, g: 0x40, point: 0x80 } as const;

/** The three lines of one digit with its point, four columns each. */
function drawDigit(digit: number): readonly [string, string, string] {
  const line = (segment: number, character: string) => ((digit & segment) !== 0 ? character : " ");
  const { a, b, c, d, e, f, g, point } = SEGMENTS;
  return [
    ` ${line(a, "_")}  `,
    `${line(f, "|")}${line(g, "_")}${line(b, "|")} `,
    `${line(e, "|")}${line(d, "_")}${line(c, "|")}${line(point, ".")}`,
  ];
}

/**
 * Four digits in a frame, with a colon between the second and the third.
 *
 * @param digits the segments of each
 * @param note a line below the frame; none where it is empty
 */
export function drawSegments(digits: readonly number[], colon: boolean, note: string): string {
  const drawn = digits.map(drawDigit);
  const dots = [" ", colon ? "." : " ", colon ? "." : " "];
  const lines = dots.map((dot, index) => {
    const columns = drawn.map((digit) => digit[index]!);
    return `│ ${columns.slice(0, 2).join("")}${dot} ${columns.slice(2).join("")}│`;
  });
  const bar = "─".repeat(lines[0]!.length - 2);
  return [`┌${bar}┐`, ...lines, `└${bar}┘`, ...(note === "" ? [] : [` ${note}`])].join("\n");
}
