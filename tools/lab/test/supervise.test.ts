import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LabError } from "../src/error.ts";
import type { Machine } from "../src/qemu.ts";
import { requireExitCode, supervise } from "../src/supervise.ts";

/** A machine that a test plays. */
function fakeMachine() {
  const controllers: ReadableStreamDefaultController<Uint8Array>[] = [];
  const stream = () =>
    new ReadableStream<Uint8Array>({ start: (controller) => void controllers.push(controller) });
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let over = false;
  const finish = () => {
    if (over) return;
    over = true;
    for (const controller of controllers) controller.close();
    end();
  };
  const kill = vi.fn(finish);
  const machine: Machine = { status: stream(), console: stream(), output: stream(), kill, ended };
  const [status, console, output] = controllers.map(
    (controller) => (text: string) => controller.enqueue(Buffer.from(text)),
  );
  return { machine, kill, finish, status: status!, console: console!, output: output! };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const fake = fakeMachine();
  const output: string[] = [];
  const notes: string[] = [];
  const end = supervise(fake.machine, {
    bootTimeoutMs: 20_000,
    timeoutMs: 60_000,
    onOutput: (chunk) => output.push(Buffer.from(chunk).toString()),
    note: (text) => notes.push(text),
  });
  return { ...fake, end, lines: output, notes };
}

describe("supervise", () => {
  it("passes on what the command prints, and its exit code", async () => {
    const { status, console, output, finish, end, lines, notes } = watch();
    status("ready\nnote The module x cannot be loaded.\nstar");
    status("ted\n");
    output("all");
    output(" well");
    console("reboot: Power down");
    status("exit 3\n");
    finish();
    const result = await end;
    expect(result).toMatchObject({ exitCode: 3, booted: true, console: "reboot: Power down" });
    expect(requireExitCode(result)).toBe(3);
    expect(lines.join("")).toBe("all well");
    expect(notes).toEqual(["The module x cannot be loaded."]);
  });

  it("kills a machine that does not start, and shows its console", async () => {
    const { console, kill, end } = watch();
    console("Kernel panic");
    await vi.advanceTimersByTimeAsync(20_000);
    const result = await end;
    expect(kill).toHaveBeenCalled();
    expect(result).toMatchObject({ booted: false, exitCode: undefined });
    expect(() => requireExitCode(result)).toThrow(LabError);
    expect(() => requireExitCode(result)).toThrow("did not start within 20 s");
    expect(result.console).toBe("Kernel panic");
  });

  it("kills a machine whose command does not end", async () => {
    const { status, end } = watch();
    status("ready\nstarted\n");
    await vi.advanceTimersByTimeAsync(60_000);
    const result = await end;
    expect(result).toMatchObject({ booted: true, exitCode: undefined });
    expect(result.reason).toBe("The command did not end within 60 s.");
  });

  it("says why a machine cannot start, or that it ended too early", async () => {
    const first = watch();
    first.status("failed the results folder cannot be mounted\n");
    first.finish();
    expect((await first.end).reason).toContain("the results folder cannot be mounted");

    const second = watch();
    second.status("ready\nstarted\n");
    second.finish();
    expect((await second.end).reason).toContain("ended before its command did");
  });

  it("keeps only the end of a long console", async () => {
    const { console, finish, end } = watch();
    for (let count = 0; count < 100; count++) console(`${"x".repeat(1999)}${count % 10}`);
    finish();
    const result = await end;
    expect(result.console).toHaveLength(64 * 1024);
    expect(result.console.endsWith("9")).toBe(true);
  });
});
