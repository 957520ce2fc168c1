/** What a person sees: the dots of the upper left corner, drawn by hand with a | for the gap between characters, in the frame of the model's picture. */
export function picture(size: string, art: readonly string[]): string {
  const [columns, rows] = size.split("x").map(Number) as [number, number];
  const isLit = (y: number, x: number) => art[y]?.[x] === "█";
  const lines = Array.from({ length: rows / 2 }, (_, line) =>
    Array.from({ length: columns }, (_, x) => {
      const [upper, lower] = [isLit(2 * line, x), isLit(2 * line + 1, x)];
      return upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }).join(""),
  );
  const bar = "─".repeat(columns);
  return [`┌${bar}┐`, ...lines.map((line) => `│${line}│`), `└${bar}┘`].join("\n");
}
