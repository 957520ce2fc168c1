import { expect, test } from "vitest";
import { soak } from "../src/soak.ts";
import { subjects } from "../src/subjects.ts";

test.each(subjects)(
  "$name: 300 operations with faults, no hang, nothing impossible, and recovery",
  async (subject) => {
    const { strikes, complaints } = await soak(subject, 300, 7);
    expect(complaints).toEqual([]);
    expect(strikes).toBeGreaterThan(0);
  },
);
