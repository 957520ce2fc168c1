import { beforeAll, expect, test } from "vitest";
import { busbar, slow, warmCache } from "./support/busbar.ts";

beforeAll(warmCache, slow);

const tellsWhatItLoaded = `data:text/javascript,${encodeURIComponent(
  `process.on("exit", () => process.stderr.write("\\nLOADED:" + process.moduleLoadList.map((each) => each.replace("NativeModule ", "")).join()))`,
)}`;

/** What Node loads late, with what it brings: node:http alone took 27 ms and 15 MiB of every command (Node 26). */
const heavy = ["http", "https", "zlib", "internal/deps/undici/undici"];

test.each([["--version"], ["--help"], ["read", "examples/indoor/board.json"]])(
  "busbar %s loads nothing of Node that it does not use",
  { timeout: slow },
  async (...words) => {
    const { code, stderr } = await busbar(words, {
      env: { NODE_OPTIONS: `--import=${tellsWhatItLoaded}` },
    });
    expect(code).toBe(0);
    const loaded = stderr.split("\nLOADED:")[1]?.split(",") ?? [];
    expect(loaded).toContain("fs");
    expect(heavy.filter((each) => loaded.includes(each))).toEqual([]);
  },
);
