import { describe, expect, it } from "vitest";
import { encodeCpio } from "../src/cpio.ts";

/** Reads an archive back by the format's own description, Documentation/driver-api/early-userspace/buffer-format.rst. */
function decode(archive: Uint8Array) {
  const bytes = Buffer.from(archive);
  const members: { name: string; mode: number; data: string }[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const field = (index: number) =>
      Number.parseInt(bytes.toString("latin1", offset + 6 + 8 * index, offset + 14 + 8 * index), 16);
    expect(bytes.toString("latin1", offset, offset + 6)).toBe("070701");
    expect(offset % 4).toBe(0);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = bytes.toString("latin1", offset + 110, offset + 110 + nameSize - 1);
    const data = Math.ceil((offset + 110 + nameSize) / 4) * 4;
    members.push({ name, mode, data: bytes.toString("latin1", data, data + size) });
    offset = Math.ceil((data + size) / 4) * 4;
  }
  return members;
}

describe("encodeCpio", () => {
  it("writes members of every length, aligned to four, and the trailer", () => {
    const entries = [0, 1, 2, 3, 4, 5].map((length) => ({
      path: `file${"x".repeat(length)}`,
      mode: 0o100644,
      data: new TextEncoder().encode("abcdefgh".slice(0, length)),
    }));
    const members = decode(encodeCpio([{ path: "bin", mode: 0o40755 }, ...entries]));
    expect(members.slice(0, 3)).toEqual([
      { name: "bin", mode: 0o40755, data: "" },
      { name: "file", mode: 0o100644, data: "" },
      { name: "filex", mode: 0o100644, data: "a" },
    ]);
    expect(members.at(-1)).toEqual({ name: "TRAILER!!!", mode: 0, data: "" });
    expect(members).toHaveLength(8);
  });
});
