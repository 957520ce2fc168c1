import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { appPrinter } from "../src/output/app-printer.ts";
import { openFrame } from "../src/output/frame.ts";
import { Output } from "../src/output/output.ts";
import { Screen, type ScreenStream } from "../src/output/screen.ts";
import { columns } from "../src/output/table.ts";
import { showTransfer } from "../src/output/transfer-progress.ts";
import { hostile, rawCharacters, shown } from "./support/raw.ts";

/** A stream that remembers; one that nobody reads is told to go on by `read`. */
class Stream extends Writable {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;
  text = "";
  failure: Error | undefined;
  reads: boolean;
  #next: (() => void) | undefined;

  constructor({ isTTY = false, reads = true }) {
    super({ decodeStrings: false, autoDestroy: false });
    this.isTTY = isTTY;
    this.reads = reads;
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    if (this.failure === undefined)
      this.text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    if (this.reads || this.failure !== undefined) done(this.failure);
    else this.#next = done;
  }

  /** Reads all that there is. */
  read(): void {
    this.reads = true;
    this.#next?.();
  }
}

function outputTo(stdout: Stream, json = false) {
  const stderr = new Stream({ isTTY: stdout.isTTY });
  const screens = {
    stdout: new Screen(stdout as unknown as ScreenStream),
    stderr: new Screen(stderr as unknown as ScreenStream),
  };
  return { output: new Output(json, screens), stdout, stderr, screens };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const withoutStyles = (text: string) => text.replace(/\u001b\[(?:1|22|31|39|36)m/g, "");

afterEach(() => {
  process.exitCode = undefined;
});

/** Everything that prints, given a text of others that nobody has made printable. */
const careless: Readonly<Record<string, (output: Output) => void>> = {
  line: (output) => output.line(hostile),
  block: (output) => output.block(hostile.replace("\n", "")),
  "a table": (output) => output.block(columns([[hostile, hostile]], ["left", "left"])),
  appLine: (output) => output.appLine(hostile.replace("\n", "")),
  document: (output) => output.document({ [hostile]: [hostile] }),
  record: (output) => output.record({ type: hostile }),
  notice: (output) => output.notice(hostile, { type: "x", text: hostile }),
  info: (output) => output.info(hostile, { type: "x", text: hostile }),
  error: (output) => output.error(new Error(hostile), { text: hostile, record: { more: hostile } }),
  "an app": (output) => {
    const printer = appPrinter(output, "app");
    printer.print(new TextEncoder().encode(hostile.replace("\n", "")));
    printer.end();
  },
};

describe("whoever forgets that a text is another's", () => {
  test.for(Object.keys(careless))("%s: a terminal is not driven, and a line not faked", async (name) => {
    const { output, stdout, stderr } = outputTo(new Stream({ isTTY: true }));
    careless[name]!(output);
    const text = withoutStyles(stdout.text + stderr.text);
    expect(rawCharacters(text)).toEqual([]);
    expect(text.trimEnd()).not.toContain("\n");
    expect(text).not.toBe("");
  });

  test.for(Object.keys(careless).filter((name) => !/line|block|table|appLine/i.test(name)))(
    "%s: with --json it is one line of JSON",
    (name) => {
      const { output, stdout, stderr } = outputTo(new Stream({}), true);
      careless[name]!(output);
      const text = stdout.text + stderr.text;
      expect(rawCharacters(text)).toEqual([]);
      expect(text).toMatch(/^.*\n$/);
      expect(JSON.parse(text)).toBeTypeOf("object");
    },
  );

  test("a style of this program is obeyed, and no other", () => {
    const { output, stdout, screens } = outputTo(new Stream({ isTTY: true }));
    output.line(`${screens.stdout.style("bold", "a")}\u001b[8mb\u001b[30mc`);
    expect(stdout.text).toBe("\u001b[1ma\u001b[22m\\u{1b}[8mb\\u{1b}[30mc\n");
    const piped = outputTo(new Stream({}));
    piped.output.line("\u001b[1ma");
    expect(piped.stdout.text).toBe("\\u{1b}[1ma\n");
  });

  test("a stack with BUSBAR_DEBUG is no exception", () => {
    process.env.BUSBAR_DEBUG = "1";
    try {
      const plain = outputTo(new Stream({}));
      plain.output.error(new Error(hostile));
      expect(rawCharacters(plain.stderr.text)).toEqual([]);
      expect(plain.stderr.text).toContain("    at ");
      const json = outputTo(new Stream({}), true);
      json.output.error(new Error(hostile));
      expect(JSON.parse(json.stderr.text).debug).toContain("    at ");
    } finally {
      delete process.env.BUSBAR_DEBUG;
    }
  });

  test("nor is a frame: what a simulated display shows comes from a driver", async () => {
    const { screens, stdout } = outputTo(new Stream({ isTTY: true }));
    const frame = await openFrame(screens.stdout);
    frame.draw(hostile);
    expect(stdout.text).toContain("\\u{9b}31m");
    expect(stdout.text).not.toMatch(/[\u0080-\u009f\u202e\u200b\ufeff]/u);
    expect(stdout.text).not.toContain("\u001b[2J");
  });

  test("a frame waits for nobody: it is missed where the terminal takes none", async () => {
    const { screens, stdout } = outputTo(new Stream({ isTTY: true, reads: false }));
    const frame = await openFrame(screens.stdout);
    for (let count = 0; count < 1000; count += 1) frame.draw(`${count} `.repeat(200));
    expect(stdout.writableLength).toBeLessThan(100_000);
  });

  test("an app's tab and newline are kept, its other characters shown", () => {
    const { output, stdout } = outputTo(new Stream({ isTTY: true }));
    const printer = appPrinter(output, "app", true);
    printer.print(new TextEncoder().encode("a\tb\n\u001b[2Jc"));
    printer.end();
    expect(stdout.text).toBe("app: a\tb\napp: \\u{1b}[2Jc\n");
    expect(shown).toContain("\\u{1b}[2J");
  });
});

describe("a reader that does not read", () => {
  test("loses lines, which are counted; memory does not grow", async () => {
    const { output, stdout, stderr } = outputTo(new Stream({ reads: false }));
    const line = "x".repeat(999);
    for (let count = 0; count < 5000; count += 1) output.line(line);
    expect(stdout.writableLength).toBeLessThan(1.1 * 2 ** 20);
    expect(stderr.text).toBe("");
    stdout.read();
    await turn();
    const printed = stdout.text.length / 1000;
    expect(stderr.text).toBe(`busbar: ${5000 - printed} lines were not printed, because nobody read them.\n`);
    output.line("again");
    expect(stdout.text).toMatch(/again\n$/);
  });

  test("holds up what an app prints", async () => {
    const { output, stdout } = outputTo(new Stream({ reads: false }));
    const printer = appPrinter(output, "app");
    expect(printer.print(new Uint8Array(100))).toBe(undefined);
    const waits = printer.print(new Uint8Array(100_000));
    expect(waits).toBeInstanceOf(Promise);
    stdout.read();
    await waits;
    expect(printer.print(new Uint8Array(100))).toBe(undefined);
  });

  test("that went away ends the command, and is no error", async () => {
    const { output, stdout, stderr, screens } = outputTo(new Stream({}));
    let gone = 0;
    screens.stdout.onGone = () => {
      gone += 1;
    };
    stdout.failure = Object.assign(new Error("gone"), { code: "EPIPE" });
    output.line("a");
    await turn();
    expect(gone).toBe(1);
    expect(stderr.text).toBe("");
  });
});

test("an output that cannot be written is told once, and is the exit code", async () => {
  const { output, stdout, stderr } = outputTo(new Stream({}), true);
  stdout.failure = Object.assign(new Error("full"), { code: "ENOSPC" });
  for (let count = 0; count < 3; count += 1) output.record({ count });
  await turn();
  expect(stderr.text).toMatch(/^{"type":"lost","time":"[^"]+","reason":"ENOSPC"}\n$/);
  expect(process.exitCode).toBe(6);
});

test("nothing else writes to stdout or stderr", () => {
  const folder = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const others = files.filter((file) => {
    return /process\s*\.\s*std(?:out|err)|\bconsole\s*\./.test(readFileSync(join(folder, file), "utf8"));
  });
  expect(others).toEqual([join("output", "screen.ts")]);
});

test("what is told while a component moves goes above its line, which is taken off at the end", async () => {
  const { output, stderr } = outputTo(new Stream({ isTTY: true }));
  const sentence = `the cache cannot be used: ${"x".repeat(100)}.`;
  {
    using progress = await showTransfer("pulling", "oci://example.org/ns/name:1.0.0", output);
    output.notice(sentence, { type: "warning" });
    progress.update(1, 2);
    output.notice(sentence, { type: "warning" });
    progress.update(2, 2);
  }
  // One row of 80 columns is taken off before each notice and each frame: never one of a notice, which has two.
  const rows = terminalRows(stderr.text, 80);
  expect(rows.filter((row) => row.includes("cannot be used"))).toHaveLength(2);
  expect(rows.filter((row) => row.endsWith("x."))).toHaveLength(2);
  expect(rows.join("\n")).not.toContain("pulling");
  expect(output.live).toBeUndefined();
});

/** What a terminal shows of text that moves the cursor up and erases. */
function terminalRows(text: string, width: number): string[] {
  const rows: string[] = [""];
  let [row, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [part, count, command] of text.matchAll(/\u001b\[\??([\d;]*)([A-Za-z])|[\s\S]/g)) {
    const by = Number(count) || 1;
    if (command === "A") row = Math.max(0, row - by);
    else if (command === "B") row += by;
    else if (command === "G") column = by - 1;
    else if (command === "K") rows[row] = count === "2" ? "" : (rows[row] ?? "").slice(0, column);
    else if (command === "J") rows.splice(row, rows.length, (rows[row] ?? "").slice(0, column));
    else if (command !== undefined) continue;
    else if (part === "\n") [row, column] = [row + 1, 0];
    else if (part === "\r") column = 0;
    else {
      if (column === width) [row, column] = [row + 1, 0];
      rows[row] = (rows[row] ?? "").slice(0, column).padEnd(column) + part;
      column += 1;
    }
    rows[row] ??= "";
  }
  return rows;
}
