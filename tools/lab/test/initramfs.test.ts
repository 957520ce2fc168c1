import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandScript } from "../src/initramfs.ts";

describe("commandScript", () => {
  it("keeps every word whole, whatever is in it", () => {
    const words = ["two words", "it's", '"$HOME"', "`id`", "a\nb", "", "*", "\\"];
    const script = commandScript({
      command: [
        process.execPath,
        "-e",
        "console.log(JSON.stringify([process.argv.slice(1), process.env.IT]))",
        ...words,
      ],
      workingDirectory: "/",
      environment: { IT: "isn't $PATH" },
    });
    const output = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual([words, "isn't $PATH"]);
  });
});
