/** Partition tables of bug reports, as data. A further case is an entry of a JSON file. */

import { describe, expect, test } from "vitest";
import { type PartitionTable, readPartitions, readPartitionsAsync } from "../src/partitions.ts";
import { bytes } from "./hex.ts";
import logical from "./vectors/faults/e_mbr_logical.json" with { type: "json" };
import entries from "./vectors/faults/f_gpt_entry.json" with { type: "json" };
import sticks from "./vectors/faults/n_partitions.json" with { type: "json" };

interface Case {
  readonly id: string;
  readonly disk: {
    readonly block_count: number;
    readonly block_size: number;
    readonly content: readonly (readonly [number, string])[];
  };
  readonly right: {
    readonly kind: string;
    readonly partitions: readonly (readonly [first: number, count: number])[];
    readonly file_system?: boolean;
    readonly problem?: boolean;
  };
}

describe.each<{ readonly about: string; readonly cases: readonly unknown[] }>([logical, entries, sticks])(
  "$about",
  ({ cases }) => {
    test.each(cases as readonly Case[])("$id", async ({ disk, right }) => {
      const { block_count: blockCount, block_size: blockSize } = disk;
      const image = new Uint8Array(blockCount * blockSize);
      for (const [offset, text] of disk.content) image.set(bytes(text), offset);
      const read = (first: number, count: number) =>
        image.subarray(first * blockSize, (first + count) * blockSize);
      const check = (table: PartitionTable) => {
        expect(table.kind).toBe(right.kind);
        expect(table.partitions.map(({ firstBlock, blockCount }) => [firstBlock, blockCount])).toEqual(
          right.partitions,
        );
        if (right.problem !== undefined) expect(table.problems.length > 0).toBe(right.problem);
        if (right.file_system !== undefined) expect(table).toMatchObject({ fileSystem: right.file_system });
      };
      check(readPartitions({ blockSize, blockCount, read }));
      check(await readPartitionsAsync({ blockSize, blockCount, read: async (...at) => read(...at) }));
    });
  },
);
