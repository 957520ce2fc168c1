/** What `busbar run` does with apps, by whichever command: see `support/busbar.ts`. */
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { busbar, ended, folderOf, simulatedRegisters, slow, start } from "../support/busbar.ts";
import { buildGuest, sensorDriver, sensorSource } from "../support/guests.ts";

const texts = { vendor: "V", model: "M", label: "t" };

/** The start of every app here: `print`, `complain`, and what it may do with its devices and its folder. */
const prelude = `
  import { getStdout } from "wasi:cli/stdout@0.2.0";
  import { getStderr } from "wasi:cli/stderr@0.2.0";
  import { getStdin } from "wasi:cli/stdin@0.2.0";
  import { getArguments, getEnvironment } from "wasi:cli/environment@0.2.0";
  import { exitWithCode } from "wasi:cli/exit@0.2.0";
  import { getDirectories } from "wasi:filesystem/preopens@0.2.0";
  import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";
  import { open as openSensor } from "busbar:device/sensor@0.1.0";
  const bytes = (text) => Uint8Array.from(text, (each) => each.charCodeAt(0));
  const text = (bytes) => String.fromCharCode(...bytes);
  const print = (line) => getStdout().blockingWriteAndFlush(bytes(line + "\\n"));
  const complain = (line) => getStderr().blockingWriteAndFlush(bytes(line + "\\n"));
  const wait = (ms) => subscribeDuration(Number(ms) * 1e6).block();
  /** What a call answers, or the error that it ends with. */
  function answer(call) {
    try { return call(); } catch (error) { return JSON.stringify(error.payload ?? String(error)); }
  }
`;

/** By the arguments of the board file, so that one component does for all tests: it is built, and compiled, once. */
const body = `
  const [, task, ...rest] = getArguments();
  const tasks = {
    hello: () => print("hello"),
    arguments: () => print(JSON.stringify([getArguments(), getEnvironment()])),
    both: () => { complain("something is odd"); print("but all is well"); },
    unfinished: () => getStdout().blockingWriteAndFlush(bytes("no newline \\xff\\x00")),
    exit: () => { print("about to end"); exitWithCode(Number(rest[0])); print("never"); },
    fail: () => { throw undefined; },
    trap: () => { throw new Error("no WIT error"); },
    ticks: () => { for (let tick = 0; tick < 3; tick += 1) { print("tick " + rest[0]); wait(Number(rest[1])); } },
    loop: () => { print("looping"); for (;;); },
    grow: () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); },
    echo: () => {
      const input = getStdin();
      for (;;) {
        const chunk = answer(() => input.blockingRead(5));
        if (typeof chunk === "string") return print("end " + chunk);
        if (chunk.length > 0) getStdout().blockingWriteAndFlush(chunk);
      }
    },
    read: () => {
      for (const name of rest) {
        const device = answer(() => openSensor(name));
        if (typeof device === "string") { print(name + " " + device); continue; }
        print(name + " " + JSON.stringify([device.info(), device.channels().length, answer(() => [...device.read()])]));
        device.close();
      }
    },
    "after-the-end": () => {
      const device = openSensor(rest[0]);
      print(answer(() => device.read()));
      print(answer(() => device.read()));
      print(JSON.stringify(device.info()));
      device.close();
      print(answer(() => device.read()));
      print(answer(() => typeof openSensor(rest[0]).read()));
    },
    "leaves-open": () => { openSensor(rest[0]); print("left"); },
    folder: () => {
      const [[folder, path]] = getDirectories();
      print(path);
      const write = (name, contents, flags) => answer(() => {
        const file = folder.openAt({}, name, { create: true, ...flags }, { write: true });
        return file.write(bytes(contents), 0);
      });
      const read = (name) => answer(() => text(folder.openAt({}, name, {}, { read: true }).read(100, 0)[0]));
      print("new " + write("new.txt", "one"));
      print("again " + write("new.txt", "two"));
      print("reads " + read("new.txt"));
      print("link " + read("link.txt"));
      print("out " + read("../board.json"));
      print("absolute " + read("/etc/passwd"));
      print("through " + read("linked/board.json"));
      print("folder " + answer(() => folder.createDirectoryAt("made")));
      print("below " + write("made/deep.txt", "deep"));
      print("unlink " + answer(() => folder.unlinkFileAt("new.txt")));
      print("symlink " + answer(() => folder.symlinkAt("/etc/passwd", "sym")));
      print("size " + folder.statAt({}, "new.txt").size);
      const names = [];
      const entries = folder.readDirectory();
      for (let entry = entries.readDirectoryEntry(); entry; entry = entries.readDirectoryEntry()) names.push(entry.name);
      print("names " + names.sort());
    },
    "no-folder": () => print(String(getDirectories().length)),
  };
  tasks[task]();
`;

let app: Uint8Array;
let sensor: Uint8Array;
let dies: Uint8Array;

beforeAll(async () => {
  const source = (main: string) => `${prelude}export const run = { run() { ${main} } };`;
  app = await buildGuest("program", source(body), programWorld);
  sensor = await buildGuest(sensorDriver, sensorSource(texts, "return [20];"));
  // Each life can be read once.
  const once = sensorSource(
    texts,
    'if (globalThis.used) throw new Error("dead"); globalThis.used = true; return [20];',
  );
  dies = await buildGuest(sensorDriver, once);
}, slow);

/** What a program of this test imports. */
const programWorld = `
  package busbar:test;
  world program {
    import wasi:cli/stdout@0.2.0;
    import wasi:cli/stderr@0.2.0;
    import wasi:cli/stdin@0.2.0;
    import wasi:cli/environment@0.2.0;
    import wasi:cli/exit@0.2.0;
    import wasi:filesystem/preopens@0.2.0;
    import wasi:filesystem/types@0.2.0;
    import wasi:clocks/monotonic-clock@0.2.0;
    import wasi:io/poll@0.2.0;
    import wasi:io/streams@0.2.0;
    import busbar:device/sensor@0.1.0;
    export wasi:cli/run@0.2.0;
  }
`;

/** A folder with a board of these apps, each by its arguments, and what else its entry has. */
function boardOf(apps: Readonly<Record<string, readonly string[] | object>>, more: object = {}) {
  const at = (address: string, driver: string) => ({ driver, i2c: { bus: "sim", address } });
  const entries = Object.entries(apps).map(([name, given]) => {
    const entry = Array.isArray(given) ? { arguments: given } : given;
    return [name, { component: "./app.wasm", uses: ["indoor", "mortal", "missing"], ...entry }];
  });
  return folderOf({
    "app.wasm": app,
    "sensor.wasm": sensor,
    "dies.wasm": dies,
    "board.json": {
      devices: {
        indoor: at("0x76", "./sensor.wasm"),
        outdoor: at("0x77", "./sensor.wasm"),
        mortal: at("0x40", "./dies.wasm"),
        missing: { driver: "./sensor.wasm", i2c: { bus: "attic", address: "0x41" } },
      },
      simulate: ["0x76", "0x77", "0x40"].map((address) => simulatedRegisters(address)),
      apps: Object.fromEntries(entries),
      ...more,
    },
  });
}

async function run(apps: Parameters<typeof boardOf>[0], ...args: string[]) {
  using folder = boardOf(apps);
  return await busbar(["run", "board.json", ...args], { cwd: folder.path });
}

describe("an app by itself", { timeout: slow }, () => {
  test("its bytes go unchanged to a pipe, and end where they end", async () => {
    using folder = boardOf({ one: ["unfinished"] });
    const child = start(["run", "board.json"], { cwd: folder.path });
    const chunks: Buffer[] = [];
    child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = await once(child, "close");
    expect([code, Buffer.concat(chunks).toString("latin1")]).toEqual([0, "no newline \u00ff\u0000"]);
  });

  test("has the board's arguments and those after --, its name before them, and no environment", async () => {
    const { code, stdout, stderr } = await run({ one: ["arguments"] }, "--", "--json", "-x", "");
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual([["one", "arguments", "--json", "-x", ""], []]);
  });

  test("says what is wrong on stderr where it is run once, and among what it prints otherwise", async () => {
    const once = await run({ one: ["both"] }, "--once");
    expect(once).toEqual({ code: 0, stdout: "but all is well\n", stderr: "busbar: something is odd\n" });
    const kept = await run({ one: ["both"] });
    expect(kept).toEqual({ code: 0, stdout: "something is odd\nbut all is well\n", stderr: "" });
    const json = await run({ one: ["both"] }, "--once", "--json");
    const time = expect.any(String);
    const record = (line: string) => ({ type: "output", time, app: "one", line });
    expect([JSON.parse(json.stdout), JSON.parse(json.stderr)]).toEqual([
      record("but all is well"),
      record("something is odd"),
    ]);
  });

  test("ends as it says", async () => {
    expect(await run({ one: ["exit", "0"] }, "--once")).toEqual({
      code: 0,
      stdout: "about to end\n",
      stderr: "",
    });
    expect(await run({ one: ["exit", "3"] }, "--once")).toEqual({
      code: 8,
      stdout: "about to end\n",
      stderr: "busbar: one: it ended with the exit code 3.\n",
    });
    expect(await run({ one: ["fail"] }, "--once")).toEqual({
      code: 8,
      stdout: "",
      stderr: "busbar: one: it ended with an error.\n",
    });
    const trap = await run({ one: ["trap"] }, "--once", "--json");
    expect(trap.code).toBe(8);
    expect(JSON.parse(trap.stderr)).toMatchObject({ type: "error", code: "app", exitCode: 8 });
    expect(JSON.parse(trap.stderr).message).toMatch(
      /^one: it failed: it trapped \(.*\), which its author has to mend\.$/,
    );
  });

  test("gets no more memory than it may have", async () => {
    const limited = { arguments: ["grow"], limits: { memoryMiB: 32 } };
    const { code, stderr } = await run({ one: limited }, "--once");
    expect(code).toBe(8);
    expect(stderr).toBe(
      'busbar: one: it failed: it needs more than its 32 MiB of memory; set "limits": { "memoryMiB": 64 } or more.\n',
    );
  });

  test("reads what the command reads, up to its end, where it is let", async () => {
    using folder = boardOf({ one: ["echo"] });
    const child = start(["run", "board.json", "--stdin"], { cwd: folder.path, stdin: "pipe" });
    child.stdin!.write("first ");
    setTimeout(() => child.stdin!.end("and then more"), 50);
    const closed = '{"tag":"closed"}';
    expect(await ended(child)).toEqual({ code: 0, stdout: `first and then moreend ${closed}\n`, stderr: "" });
    expect(await run({ one: ["echo"] })).toMatchObject({ stdout: `end ${closed}\n` });
  });

  test("ends at a signal, even in a loop without end", async () => {
    using folder = boardOf({ one: ["loop"] });
    const child = start(["run", "board.json"], { cwd: folder.path });
    const end = ended(child);
    await once(createInterface({ input: child.stdout! }), "line");
    const since = Date.now();
    child.kill("SIGTERM");
    expect(await end).toMatchObject({ code: 0, stderr: "" });
    expect(Date.now() - since).toBeLessThan(1_000);
  });
});

describe("several apps", { timeout: slow }, () => {
  test("print a line each with their names, and none holds up another", async () => {
    using folder = boardOf({ looping: ["loop"], ticking: ["ticks", "a", "20"] });
    const child = start(["run", "board.json"], { cwd: folder.path });
    const lines: string[] = [];
    const end = ended(child);
    createInterface({ input: child.stdout! }).on("line", (line) => {
      lines.push(line);
      if (lines.length === 4) child.kill("SIGTERM");
    });
    expect(await end).toMatchObject({ code: 0, stderr: "" });
    expect(lines.sort()).toEqual([
      "looping: looping",
      "ticking: tick a",
      "ticking: tick a",
      "ticking: tick a",
    ]);
  });

  test("--once: the exit code is that of the first that did not end well", async () => {
    const { code, stdout, stderr } = await run({ good: ["hello"], bad: ["exit", "2"] }, "--once");
    expect([code, stderr]).toEqual([8, "busbar: bad: it ended with the exit code 2.\n"]);
    expect(stdout.trimEnd().split("\n").sort()).toEqual(["bad: about to end", "good: hello"]);
  });

  test("use one driver together", async () => {
    const { code, stdout, stderr } = await run({ a: ["read", "indoor"], b: ["read", "indoor"] }, "--once");
    expect([code, stderr]).toEqual([0, ""]);
    const reading = 'indoor [{"vendor":"V","model":"M"},1,[20]]';
    expect(stdout.trimEnd().split("\n").sort()).toEqual([`a: ${reading}`, `b: ${reading}`]);
  });

  test("are no board for --stdin and --", async () => {
    const { code, stderr } = await run({ a: ["hello"], b: ["hello"] }, "--", "x");
    expect([code, stderr]).toEqual([
      3,
      "busbar: board.json has several apps; arguments after -- are for a board with one.\n",
    ]);
  });
});

describe("an app that fails", { timeout: slow }, () => {
  test("is run again after a second, and then two", async () => {
    using folder = boardOf({ one: ["exit", "7"] });
    const child = start(["run", "board.json", "--json"], { cwd: folder.path });
    const errors: { retryMs: number; app: string; message: string }[] = [];
    const end = ended(child);
    createInterface({ input: child.stderr! }).on("line", (line) => {
      errors.push(JSON.parse(line));
      if (errors.length === 2) child.kill("SIGTERM");
    });
    expect(await end).toMatchObject({ code: 0 });
    const told = { type: "error", code: "app", app: "one", message: "one: it ended with the exit code 7." };
    expect(errors).toMatchObject([
      { ...told, retryMs: 1000 },
      { ...told, retryMs: 2000 },
    ]);
  });
});

describe("the devices of an app", { timeout: slow }, () => {
  test("are those that it uses, and the operator is told of others", async () => {
    const { code, stdout, stderr } = await run(
      { one: ["read", "indoor", "outdoor", "nothing", "missing"] },
      "--once",
    );
    expect(code).toBe(0);
    const denied = (name: string) => {
      const val = `the app may not use "${name}"; add it to "apps.one.uses"`;
      return `${name} ${JSON.stringify({ tag: "access-denied", val })}`;
    };
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      'indoor [{"vendor":"V","model":"M"},1,[20]]',
      denied("outdoor"),
      denied("nothing"),
    ]);
    expect(lines[3]).toMatch(
      /^missing {"tag":"not-found","val":"missing: there is no I2C bus \\"attic\\" \(asked .*}$/,
    );
    const told = (name: string) =>
      `busbar: denied to one: open("${name}"): the app may not use "${name}"; add it to "apps.one.uses"\n`;
    expect(stderr).toBe(told("outdoor") + told("nothing"));
  });

  test("are disconnected when their driver ends, and can be opened again", async () => {
    const { code, stdout, stderr } = await run({ one: ["after-the-end", "mortal"] }, "--once");
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("20");
    expect(lines[1]).toMatch(
      /^{"tag":"disconnected","val":"the driver failed: it trapped \(.*\), which its author has to mend"}$/,
    );
    expect(lines[2]).toBe('{"vendor":"V","model":"M"}');
    expect(lines[3]).toMatch(/^{"tag":"disconnected","val":".*; open it again"}$/);
    expect(lines[4]).toBe("object");
  });
});

describe("the folder of an app", { timeout: slow }, () => {
  test("is all that it reaches, through no path and no link", async () => {
    using folder = boardOf({ one: { arguments: ["folder"], folder: { path: "data", write: true } } });
    const data = join(folder.path, "data");
    mkdirSync(data);
    writeFileSync(join(folder.path, "secret.txt"), "secret");
    symlinkSync("../secret.txt", join(data, "link.txt"));
    symlinkSync("..", join(data, "linked"));
    const { code, stdout, stderr } = await busbar(["run", "board.json", "--once"], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "/",
      "new 3",
      'again "exist"',
      "reads one",
      'link "loop"',
      'out "not-permitted"',
      'absolute "not-permitted"',
      expect.stringMatching(/^through "(loop|not-directory)"$/),
      "folder undefined",
      "below 4",
      'unlink "not-permitted"',
      'symlink "not-permitted"',
      "size 3",
      "names link.txt,linked,made,new.txt",
      "",
    ]);
    const told = (call: string, reason: string) => `busbar: denied to one: folder.${call}: ${reason}\n`;
    expect(stderr).toBe(
      told('read("../board.json")', "the path leads out of the folder, or is none") +
        told('read("/etc/passwd")', "the path leads out of the folder, or is none") +
        told('change("new.txt")', 'changing a file that is there is not granted; add "overwrite": true') +
        told('link("sym")', "links are neither made nor followed"),
    );
    expect(readFileSync(join(data, "made/deep.txt"), "utf8")).toBe("deep");
  });

  test("cannot be one where the board is", async () => {
    using folder = boardOf({ one: { arguments: ["no-folder"], folder: { path: ".", write: true } } });
    const { code, stderr } = await busbar(["run", "board.json", "--once"], { cwd: folder.path });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^busbar: "apps\.one\.folder" is .*, where the board file is \(.*\), which no app may get at; name a folder of its own\.\n$/,
    );
  });

  test("has to be there where it is only read, and is made where it is written", async () => {
    const missing = await run({ one: { arguments: ["no-folder"], folder: { path: "none" } } }, "--once");
    expect(missing.code).toBe(6);
    expect(missing.stderr).toMatch(
      /^busbar: the folder .*none cannot be opened \(ENOENT\); make it, or name another\.\n$/,
    );
    using folder = boardOf({ one: { arguments: ["no-folder"], folder: { path: "made", write: true } } });
    expect(await busbar(["run", "board.json", "--once"], { cwd: folder.path })).toMatchObject({
      code: 0,
      stdout: "1\n",
    });
    expect(existsSync(join(folder.path, "made"))).toBe(true);
    expect(await run({ one: ["no-folder"] }, "--once")).toMatchObject({ code: 0, stdout: "0\n" });
  });
});
