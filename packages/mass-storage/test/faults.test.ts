/** Sticks of bug reports, as data: each through the built component. A further case is an entry of a JSON file. */

import type { BlockDevice, BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { describe, expect, test } from "vitest";
import { type FaultDevice, pluggedIn } from "./fault-disk.ts";
import { component, pattern } from "./simulated.ts";
import residue from "./vectors/faults/b_mass_storage_residue.json" with { type: "json" };
import further from "./vectors/faults/further_mass_storage.json" with { type: "json" };
import optional from "./vectors/faults/i_mass_storage_optional.json" with { type: "json" };
import limits from "./vectors/faults/l_mass_storage_limits.json" with { type: "json" };
import own from "./vectors/faults/mass_storage.json" with { type: "json" };
import sticks from "./vectors/faults/n_mass_storage.json" with { type: "json" };

/** Something that a program does with a disk. */
interface Step {
  /** "read_most": reads `count` blocks in as large pieces as the disk gives. */
  readonly do: string;
  readonly block?: number;
  readonly count?: number;
  readonly begins_hex?: string;
  readonly error?: boolean;
}

interface Case {
  readonly id: string;
  readonly device: FaultDevice;
  readonly right: {
    readonly info?: Partial<Awaited<ReturnType<BlockDevice["info"]>>>;
    readonly steps?: readonly Step[];
    readonly open_error?: boolean;
    readonly code?: string;
    /** Operation codes that the disk must have been sent. */
    readonly sent?: readonly string[];
    readonly close_may_fail?: boolean;
    /** What the operator must be told. */
    readonly warns?: string;
  };
}

async function take(stick: BlockDevice, step: Step): Promise<void> {
  const { block = 0, count = 1, begins_hex = "" } = step;
  switch (step.do) {
    case "read": {
      const data = await stick.read(block, count);
      expect(data).toHaveLength(count * 512);
      expect(Buffer.from(data).toString("hex").startsWith(begins_hex)).toBe(true);
      return;
    }
    case "read_most": {
      const { maximumTransferBlocks } = await stick.info();
      for (let done = 0; done < count; done += maximumTransferBlocks) {
        const piece = Math.min(maximumTransferBlocks, count - done);
        expect(await stick.read(block + done, piece)).toHaveLength(piece * 512);
      }
      return;
    }
    case "write": {
      const data = pattern(count * 512);
      await stick.write(block, data);
      expect(Buffer.compare(await stick.read(block, count), data)).toBe(0);
      return;
    }
    case "flush":
      return await stick.flush();
    default:
      throw new RangeError(`an unknown step: ${step.do}`);
  }
}

describe.each<{ readonly about: string; readonly cases: readonly unknown[] }>([
  residue,
  optional,
  limits,
  sticks,
  own,
  further,
])("$about", ({ cases }) => {
  test.each(cases as readonly Case[])("$id", async ({ device, right }) => {
    const { usb, disk, clock } = pluggedIn(device);
    const events: BoardEvent[] = [];
    // As an operator has it: no call is given more time.
    await using board = await openBoard(
      { devices: { stick: { driver: component, usb: { class: "0x08" } } } },
      { clock, usb: [usb], i2c: [], onEvent: (event) => events.push(event) },
    );
    if (right.open_error) {
      await expect(board.blockDevice("stick")).rejects.toMatchObject({
        payload: { tag: right.code ?? expect.stringMatching(/^(protocol|unsupported|not-found|timeout)$/) },
      });
      return;
    }
    const stick = await board.blockDevice("stick");
    if (right.info !== undefined) expect(await stick.info()).toMatchObject(right.info);
    for (const step of right.steps ?? []) {
      if (step.error) await expect(take(stick, step)).rejects.toMatchObject({ payload: { tag: "protocol" } });
      else await take(stick, step);
    }
    const closed = stick[Symbol.asyncDispose]();
    if (right.close_may_fail) await closed.catch(() => undefined);
    else await closed;
    const sent = disk.units[0]!.commands.map((operation) => operation.toString(16).padStart(2, "0"));
    expect(sent).toEqual(expect.arrayContaining([...(right.sent ?? [])]));
    const messages = events.flatMap((event) => (event.kind === "warning" ? [event.message] : []));
    if (right.warns !== undefined) expect(messages.join("\n")).toContain(right.warns);
  });
});
