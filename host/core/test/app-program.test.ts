/** wasi:cli and wasi:random for an app, as a program of another language uses them. */

import { describe, expect, test } from "vitest";
import type { RunOptions } from "../src/app/app.ts";
import type { InputStream } from "../src/app/wasi/streams.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

interface ProgramImports {
  "wasi:cli/exit": { exit(status: { tag: "ok" | "err" }): never; exitWithCode(code: number): never };
  "wasi:cli/stdin": { getStdin(): InputStream };
  "wasi:cli/terminal-stdout": { getTerminalStdout(): unknown };
  "wasi:random/random": { getRandomBytes(length: bigint): Uint8Array; getRandomU64(): bigint };
  "wasi:random/insecure-seed": { insecureSeed(): [bigint, bigint] };
  "wasi:io/poll": { poll(pollables: object[]): Promise<Uint32Array> };
  "wasi:clocks/monotonic-clock": { subscribeDuration(ns: bigint): object };
}

const imports = [
  "wasi:cli/exit@0.2.0",
  "wasi:cli/stdin@0.2.3",
  "wasi:cli/terminal-input@0.2.6",
  "wasi:cli/terminal-output@0.2.6",
  "wasi:cli/terminal-stdin@0.2.6",
  "wasi:cli/terminal-stdout@0.2.12",
  "wasi:cli/terminal-stderr@0.2.6",
  "wasi:random/random@0.2.0",
  "wasi:random/insecure@0.2.0",
  "wasi:random/insecure-seed@0.2.0",
  "wasi:io/streams@0.2.0",
  "wasi:io/poll@0.2.0",
  "wasi:clocks/monotonic-clock@0.2.0",
  "wasi:filesystem/types@0.2.0",
  "wasi:filesystem/preopens@0.2.0",
];

/** Runs `main` as an app that is granted nothing. */
async function run(main: (given: ProgramImports) => unknown, options: Partial<RunOptions> = {}) {
  const app = fakeComponent("./app.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), (given) => ({
    "wasi:cli/run@0.2.0": { run: async () => void (await main(given as unknown as ProgramImports)) },
  }));
  await using board = await OpenBoard.open(
    parseBoard({ devices: {}, apps: { program: { component: "app" } } }),
    { clock: new FakeClock(), i2c: [], loadComponent: async () => app },
  );
  await board.run("program", { output: () => {}, ...options });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The chunks one after the other, each when it is asked for, and then the end. */
function chunks(...all: string[]): NonNullable<RunOptions["input"]> {
  return async () => {
    const next = all.shift();
    return next === undefined ? undefined : new TextEncoder().encode(next);
  };
}

describe("the end from within", () => {
  test("a good one is a good end of the app", async () => {
    await run((given) => given["wasi:cli/exit"].exit({ tag: "ok" }));
    await run((given) => given["wasi:cli/exit"].exitWithCode(0));
  });

  test("another is an AppError that says which", async () => {
    await expect(run((given) => given["wasi:cli/exit"].exit({ tag: "err" }))).rejects.toThrow(
      "program: it ended with the exit code 1.",
    );
    await expect(run((given) => given["wasi:cli/exit"].exitWithCode(42))).rejects.toThrow(
      "program: it ended with the exit code 42.",
    );
  });

  test("holds, whatever the app does after it", async () => {
    const again = (given: ProgramImports) => {
      try {
        given["wasi:cli/exit"].exitWithCode(3);
      } catch {
        throw new Error("something else");
      }
    };
    await expect(run(again)).rejects.toThrow("program: it ended with the exit code 3.");
  });
});

describe("its input", () => {
  test("is at its end where the operator gives none", async () => {
    await run(async (given) => {
      const stdin = given["wasi:cli/stdin"].getStdin();
      await expect(stdin.blockingRead(10n)).rejects.toMatchObject({ payload: { tag: "closed" } });
      expect(await given["wasi:io/poll"].poll([stdin.subscribe()])).toEqual(Uint32Array.of(0));
    });
  });

  test("is what the operator gives, in pieces as they are asked for", async () => {
    const input = chunks("hello", "you");
    await run(
      async (given) => {
        const stdin = given["wasi:cli/stdin"].getStdin();
        expect(stdin.read(3n)).toHaveLength(0);
        expect(text(await stdin.blockingRead(3n))).toBe("hel");
        expect(text(stdin.read(100n))).toBe("lo");
        expect(await stdin.blockingSkip(1n)).toBe(1n);
        expect(text(await stdin.blockingRead(2n ** 64n - 1n))).toBe("ou");
        await expect(stdin.blockingRead(1n)).rejects.toMatchObject({ payload: { tag: "closed" } });
        expect(() => stdin.read(1n)).toThrow(expect.objectContaining({ payload: { tag: "closed" } }));
      },
      { input },
    );
  });

  test("can be waited for beside a clock", async () => {
    const { promise: never } = Promise.withResolvers<Uint8Array | undefined>();
    await run(
      async (given) => {
        const stdin = given["wasi:cli/stdin"].getStdin();
        const timer = given["wasi:clocks/monotonic-clock"].subscribeDuration(1_000_000n);
        expect(await given["wasi:io/poll"].poll([stdin.subscribe(), timer])).toEqual(Uint32Array.of(1));
      },
      { input: () => never },
    );
    await run(
      async (given) => {
        const stdin = given["wasi:cli/stdin"].getStdin();
        expect(await given["wasi:io/poll"].poll([stdin.subscribe()])).toEqual(Uint32Array.of(0));
        expect(text(stdin.read(9n))).toBe("x");
      },
      { input: chunks("x") },
    );
  });

  test("that fails is at its end", async () => {
    const input = async () => {
      throw new Error("the terminal is gone");
    };
    await run(
      async (given) => {
        const stdin = given["wasi:cli/stdin"].getStdin();
        await expect(stdin.blockingRead(1n)).rejects.toMatchObject({ payload: { tag: "closed" } });
      },
      { input },
    );
  });

  test("does not hold an app that has to end", async () => {
    const stop = new AbortController();
    const { promise: never } = Promise.withResolvers<Uint8Array | undefined>();
    const running = run((given) => given["wasi:cli/stdin"].getStdin().blockingRead(1n), {
      input: () => {
        stop.abort(new Error("enough"));
        return never;
      },
      signal: stop.signal,
    });
    await expect(running).rejects.toThrow("enough");
  });
});

test("there is no terminal, whatever the operator has", async () => {
  await run((given) => expect(given["wasi:cli/terminal-stdout"].getTerminalStdout()).toBeUndefined());
});

test("random bytes are as many as were asked for, and differ", async () => {
  await run((given) => {
    const { getRandomBytes, getRandomU64 } = given["wasi:random/random"];
    const all = getRandomBytes(100_000n);
    expect(all).toHaveLength(100_000);
    // The chance that 1000 random bytes at the end of it are all zero is 2^-8000.
    expect(all.subarray(-1000).some((byte) => byte !== 0)).toBe(true);
    expect(getRandomU64()).not.toBe(getRandomU64());
    const [one, other] = given["wasi:random/insecure-seed"].insecureSeed();
    expect(one).not.toBe(other);
    expect(() => getRandomBytes(2n ** 40n)).toThrow("more than 1048576 bytes were asked for at once");
  });
});
