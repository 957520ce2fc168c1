import { describe, expect, test } from "vitest";
import { parseBoardText } from "../src/board/parse.ts";
import { normalForm } from "./board-normal-form.ts";
import { cases } from "./verdict-tables.ts";

interface BoardCase {
  name: string;
  board?: object;
  text?: string | [part: string, times: number][];
  verdict: "accept" | { refuse: string };
  becomes?: object;
}

describe("boards", () => {
  /** Each engine says in its own words what is wrong with a text that is no JSON. */
  const noJson = "board.json is not JSON: ";

  test.each(cases<BoardCase>("board.json"))("$name", ({ board, text, verdict, becomes = {} }) => {
    const parts = typeof text === "object" ? text : [[text ?? JSON.stringify(board), 1] as const];
    const attempt = () =>
      parseBoardText(parts.map(([part, times]) => part.repeat(times)).join(""), "board.json");
    if (verdict === "accept") {
      expect(normalForm(attempt())).toMatchObject(becomes);
    } else {
      expect(attempt).toThrow(expect.objectContaining({ code: "board" }));
      const sentence = verdict.refuse === noJson ? expect.stringContaining(noJson) : verdict.refuse;
      expect(attempt).toThrow(expect.objectContaining({ message: sentence }));
    }
  });
});
