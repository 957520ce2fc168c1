import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inOrder, type PhaseEdge, phaseOf, QuadratureDecoder } from "../src/decoder.ts";

const edge = (line: "a" | "b", active: boolean, timeMs: number): PhaseEdge => ({ line, active, timeMs });

function decoded(...edges: PhaseEdge[]): { steps: number; isWhole: boolean } {
  const decoder = new QuadratureDecoder(0);
  const areWhole = edges.map((each) => decoder.take(each));
  return { steps: decoder.steps, isWhole: !areWhole.includes(false) };
}

describe("the decoder", () => {
  test("A before B is up, B before A is down, four steps each", () => {
    const up = [edge("a", true, 1), edge("b", true, 2), edge("a", false, 3), edge("b", false, 4)];
    const down = [edge("b", true, 5), edge("a", true, 6), edge("b", false, 7), edge("a", false, 8)];
    expect(decoded(...up)).toEqual({ steps: 4, isWhole: true });
    expect(decoded(...down)).toEqual({ steps: -4, isWhole: true });
    expect(decoded(...up, ...down, ...up.map((each) => ({ ...each, timeMs: each.timeMs + 10 })))).toEqual({
      steps: 4,
      isWhole: true,
    });
  });

  test("a switch that bounces goes nowhere, also where its controller sees only some of it", () => {
    const bouncing = [edge("a", true, 1), edge("a", false, 1.1), edge("a", true, 1.2)];
    expect(decoded(...bouncing)).toEqual({ steps: 1, isWhole: true });
    expect(decoded(bouncing[0]!, bouncing[2]!)).toEqual({ steps: 1, isWhole: true });
  });

  test("an edge that is missing between moves of the other line is no bounce", () => {
    expect(decoded(edge("a", true, 1), edge("b", true, 2), edge("a", true, 3)).isWhole).toBe(false);
  });

  test("two lines that change at one time do not say in which direction", () => {
    expect(decoded(edge("a", true, 1), edge("b", true, 1)).isWhole).toBe(false);
  });

  test("whatever way it is turned, and however it bounces, the count is where it is", () => {
    const move = fc.record({ up: fc.boolean(), bounces: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
        // The pattern of the switches, told in another way: two waves, one a quarter behind the other.
        const wave = (position: number) => Math.sin((position * Math.PI) / 2 - Math.PI / 4) > 0;
        const of = (position: number) => ({ a: wave(position), b: wave(position - 1) });
        let position = 0;
        let timeMs = 0;
        const lines: Record<"a" | "b", { active: boolean; timeMs: number }[]> = { a: [], b: [] };
        for (const { up, bounces } of moves) {
          const was = of(position);
          position += up ? 1 : -1;
          const is = of(position);
          const line = was.a === is.a ? "b" : "a";
          for (let count = 0; count <= bounces; count += 1) {
            lines[line].push({ active: is[line], timeMs: ++timeMs });
            if (count < bounces) lines[line].push({ active: was[line], timeMs: ++timeMs });
          }
        }
        const decoder = new QuadratureDecoder(phaseOf(of(0).a, of(0).b));
        const areWhole = inOrder(lines.a, lines.b).map((each) => decoder.take(each));
        expect(areWhole).not.toContain(false);
        expect(decoder.steps).toBe(position);
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });
});
