/** wasi:filesystem for an app, on a folder that only remembers what reached it. */

import { describe, expect, test } from "vitest";
import type { Descriptor } from "../src/app/wasi/filesystem/descriptor.ts";
import type { OutputStream } from "../src/app/wasi/streams.ts";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type {
  Folder,
  FolderEntries,
  FolderEntry,
  FolderFile,
  FolderStat,
  FolderTime,
} from "../src/folder/backend.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

interface AppImports {
  "wasi:filesystem/preopens": { getDirectories(): [Descriptor, string][] };
  "wasi:cli/environment": {
    getArguments(): string[];
    getEnvironment(): unknown[];
    initialCwd(): string | undefined;
  };
  "wasi:cli/stderr": { getStderr(): OutputStream };
}

class FakeFolder implements Folder {
  readonly calls: unknown[] = [];
  open = 0;
  closed = false;

  stat(names: readonly string[]): FolderStat {
    this.calls.push(["stat", ...names]);
    return this.#stat(names);
  }

  #stat(names: readonly string[]): FolderStat {
    const common = { links: 1, accessedMs: 0, modifiedMs: 1500, changedMs: 2000, identity: names.join("/") };
    if (names.at(-1) === "old.txt") return { ...common, type: "regular-file", size: 0, modifiedMs: -3.5e11 };
    if (names.at(-1) === "link") return { ...common, type: "symbolic-link", size: 0 };
    return { ...common, type: names.at(-1)?.includes(".") ? "regular-file" : "directory", size: 5 };
  }

  list(names: readonly string[]): FolderEntries {
    this.calls.push(["list", ...names]);
    this.open += 1;
    const entries: FolderEntry[] = [{ type: "directory", name: "a" }];
    return {
      next: () => entries.pop(),
      close: () => {
        this.open -= 1;
      },
    };
  }

  removeFile(names: readonly string[]): void {
    this.calls.push(["unlink", ...names]);
  }

  removeDirectory(names: readonly string[]): void {
    this.calls.push(["rmdir", ...names]);
  }

  rename(from: readonly string[], to: readonly string[]): void {
    this.calls.push(["rename", from, to]);
  }

  setTimes(names: readonly string[], accessed: FolderTime, modified: FolderTime): void {
    this.calls.push(["times", ...names, accessed, modified]);
  }

  createDirectory(names: readonly string[]): void {
    this.calls.push(["mkdir", ...names]);
  }

  openFile(names: readonly string[], options: object): FolderFile {
    this.calls.push(["open", ...names, options]);
    this.open += 1;
    return {
      write: (data, offset) => {
        this.calls.push(["write", data.length, offset]);
        return Math.min(data.length, 3);
      },
      read: (length, offset) => new Uint8Array(Math.max(0, Math.min(length, 9 - offset))).fill(offset),
      setSize: (size) => void this.calls.push(["size", size]),
      setTimes: (accessed, modified) => void this.calls.push(["times", accessed, modified]),
      sync: () => {},
      stat: () => ({ ...this.#stat(["f.txt"]), size: 9 }),
      close: () => {
        this.open -= 1;
      },
    };
  }

  close(): void {
    this.closed = true;
  }
}

const imports = [
  "wasi:filesystem/types@0.2.3",
  "wasi:filesystem/preopens@0.2.3",
  "wasi:cli/environment@0.2.3",
  "wasi:cli/stderr@0.2.3",
];

/** Runs `main` as an app whose entry has this folder. */
async function run(
  main: (given: AppImports) => unknown,
  grant: object | null = { path: "out", write: true },
  { runs = 1 } = {},
) {
  const folder = new FakeFolder();
  const events: BoardEvent[] = [];
  const artifact = fakeComponent("./app.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), (given) => ({
    "wasi:cli/run@0.2.0": { run: async () => void (await main(given as unknown as AppImports)) },
  }));
  const board = parseBoard({
    devices: {},
    apps: { copier: { component: "app", arguments: ["--disk", "a"], ...(grant && { folder: grant }) } },
  });
  const options = {
    clock: new FakeClock(),
    i2c: [],
    loadComponent: async () => artifact,
    openFolder: () => folder,
  };
  const opened = await OpenBoard.open(board, options);
  opened.listen((event) => events.push(event));
  const errors: string[] = [];
  for (let count = 0; count < runs; count += 1) {
    await opened.run("copier", {
      output: () => {},
      errors: (bytes) => errors.push(new TextDecoder().decode(bytes)),
      arguments: ["ls"],
    });
  }
  await opened[Symbol.asyncDispose]();
  return { folder, events, errors };
}

/** The error code that a call ends in. */
function codeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return (thrown as { payload?: unknown }).payload;
  }
  return "done";
}

const root = (given: AppImports) => given["wasi:filesystem/preopens"].getDirectories()[0]![0];
const isNew = { create: true, exclusive: true };
const write = { write: true };

describe("an app with a folder", () => {
  test("is told its arguments, and nothing of the machine", async () => {
    const { errors } = await run(async (given) => {
      const { getArguments, getEnvironment, initialCwd } = given["wasi:cli/environment"];
      expect(getArguments()).toEqual(["copier", "--disk", "a", "ls"]);
      expect([getEnvironment(), initialCwd()]).toEqual([[], undefined]);
      await given["wasi:cli/stderr"].getStderr().blockingWriteAndFlush(Uint8Array.of(0x6f, 0x68));
    });
    expect(errors).toEqual(["oh"]);
  });

  test("writes files in folders, and sees what is there", async () => {
    const { folder, events } = await run(async (given) => {
      expect(given["wasi:filesystem/preopens"].getDirectories()[0]![1]).toBe("/");
      const top = root(given);
      expect([top.getType(), top.getFlags()]).toEqual(["directory", { read: true, mutateDirectory: true }]);
      top.createDirectoryAt("a");
      const below = top.openAt({ symlinkFollow: true }, "a", { directory: true }, { read: true });
      const file = below.openAt({}, "./b.txt", isNew, write);
      expect(file.write(new Uint8Array(3), 0n)).toBe(3n);
      expect([file.getType(), file.getFlags()]).toEqual(["regular-file", { read: false, write: true }]);
      expect(top.statAt({}, "a/b.txt")).toMatchObject({ type: "regular-file", size: 5n });
      await file.writeViaStream(10n).blockingWriteAndFlush(new Uint8Array(5));
      file[Symbol.dispose]();
    });
    expect(folder.calls).toEqual([
      ["stat"],
      ["mkdir", "a"],
      ["stat", "a"],
      ["open", "a", "b.txt", { read: false, write: true, create: "new", truncate: false }],
      ["write", 3, 0],
      ["stat", "a", "b.txt"],
      ["write", 5, 10],
      ["write", 2, 13],
    ]);
    expect(events).toEqual([]);
    expect([folder.open, folder.closed]).toEqual([0, true]);
  });

  test("gets out of it by no path, through no link, and below no file", async () => {
    const { folder, events } = await run((given) => {
      const top = root(given);
      const below = top.openAt({}, "a", { directory: true }, {});
      for (const path of ["../x", "/x", "a/../../x", "", "a\\x"]) {
        expect(codeOf(() => below.openAt({}, path, isNew, write))).toBe("not-permitted");
        expect(codeOf(() => below.createDirectoryAt(path))).toBe("not-permitted");
        expect(codeOf(() => below.statAt({}, path))).toBe("not-permitted");
        expect(codeOf(() => below.openAt({}, path, {}, {}))).toBe("not-permitted");
      }
      expect(codeOf(() => top.openAt({ symlinkFollow: true }, "link", {}, {}))).toBe("loop");
      expect(codeOf(() => top.openAt({}, "a.txt", { directory: true }, {}))).toBe("not-directory");
      const file = top.openAt({}, "b.txt", isNew, write);
      expect(codeOf(() => file.createDirectoryAt("x"))).toBe("not-directory");
      expect(codeOf(() => below.write(new Uint8Array(1), 0n))).toBe("bad-descriptor");
      expect(codeOf(() => below.writeViaStream(0n))).toBe("bad-descriptor");
      expect(codeOf(() => file.write(new Uint8Array(1), 2n ** 60n))).toBe("file-too-large");
    });
    expect(events.reduce((sum, event) => sum + ((event.kind === "denied" && event.count) || 1), 0)).toBe(20);
    expect(events[0]).toMatchObject({
      kind: "denied",
      device: "copier",
      call: 'folder.write("../x")',
      denied: "path",
    });
    expect(folder.calls.filter((call) => !(call as string[])[0]!.startsWith("stat"))).toHaveLength(1);
  });

  test("changes what is there only where that is granted", async () => {
    const open = (given: AppImports) => codeOf(() => root(given).openAt({}, "x", { truncate: true }, write));
    await run((given) => expect(open(given)).toBe("not-permitted"));
    await run((given) => expect(open(given)).toBe("not-permitted"), { path: "out", overwrite: true });
    const { folder } = await run(
      (given) => {
        expect(open(given)).toBe("done");
        root(given).openAt({}, "y", { create: true }, write);
      },
      { path: "out", write: true, overwrite: true },
    );
    expect(folder.calls).toEqual([
      ["open", "x", { read: false, write: true, create: "never", truncate: true }],
      ["open", "y", { read: false, write: true, create: "if-missing", truncate: false }],
    ]);
    // Without that, making a file means a new one.
    const plain = await run((given) => root(given).openAt({}, "y", { create: true, truncate: true }, write));
    expect(plain.folder.calls).toEqual([
      ["open", "y", { read: false, write: true, create: "new", truncate: true }],
    ]);
  });

  test("writes no more than is granted, and has no more files open than a host can bear", async () => {
    const { folder, events } = await run(
      (given) => {
        const file = root(given).openAt({}, "a", isNew, write);
        file.write(new Uint8Array(2 ** 19), 0n);
        file.write(new Uint8Array(2 ** 19), 0n);
        expect(codeOf(() => file.write(new Uint8Array(1), 0n))).toBe("quota");
        for (let count = 1; count < 64; count += 1) root(given).openAt({}, `f${count}`, isNew, write);
        expect(codeOf(() => root(given).openAt({}, "more", isNew, write))).toBe("quota");
      },
      { path: "out", write: true, maximumMiB: 1 },
    );
    expect(events).toEqual([expect.objectContaining({ denied: "length" })]);
    expect(folder.open).toBe(0);
  });

  test("gets no more to write by ending and being run again", async () => {
    const written: unknown[] = [];
    await run(
      (given) => {
        const file = root(given).openAt({}, "a", isNew, write);
        written.push(codeOf(() => file.write(new Uint8Array(2 ** 19), 0n)));
      },
      { path: "out", write: true, maximumMiB: 1 },
      { runs: 3 },
    );
    expect(written).toEqual(["done", "done", "quota"]);
  });

  test("is told in a stream what failed", async () => {
    const seen: unknown[] = [];
    await run(async (given) => {
      const file = root(given).openAt({}, "a", isNew, write);
      // Past what a number can say.
      await file
        .writeViaStream(2n ** 60n)
        .blockingWriteAndFlush(new Uint8Array(1))
        .catch((thrown: { payload: { tag: string; val: { toDebugString(): string } } }) =>
          seen.push(thrown.payload.tag, thrown.payload.val.toDebugString()),
        );
    });
    expect(seen).toEqual(["last-operation-failed", "file-too-large"]);
  });

  test("reads files, by calls and by a stream, up to their end", async () => {
    const { folder } = await run(
      async (given) => {
        const file = root(given).openAt({}, "b.txt", {}, { read: true });
        expect(file.getFlags()).toEqual({ read: true, write: false });
        expect(file.read(4n, 2n)).toEqual([Uint8Array.of(2, 2, 2, 2), false]);
        expect(file.read(2n ** 60n, 5n)[0]).toHaveLength(4);
        expect(file.read(4n, 9n)).toEqual([new Uint8Array(), true]);
        const stream = file.readViaStream(3n);
        expect(stream.read(4n)).toEqual(Uint8Array.of(3, 3, 3, 3));
        expect(await stream.blockingRead(100n)).toEqual(Uint8Array.of(7, 7));
        expect(codeOf(() => stream.read(1n))).toEqual({ tag: "closed" });
        expect(codeOf(() => file.write(new Uint8Array(1), 0n))).toBe("bad-descriptor");
        expect(codeOf(() => file.setSize(0n))).toBe("bad-descriptor");
        expect(codeOf(() => file.appendViaStream())).toBe("bad-descriptor");
      },
      { path: "out" },
    );
    expect(folder.calls.some((call) => (call as string[])[0] === "write")).toBe(false);
  });

  test("lists a folder", async () => {
    const { folder } = await run((given) => {
      const entries = root(given).readDirectory();
      expect(entries.readDirectoryEntry()).toEqual({ type: "directory", name: "a" });
      expect(entries.readDirectoryEntry()).toBeUndefined();
    });
    expect([folder.calls, folder.open]).toEqual([[["list"]], 0]);
  });

  test("appends behind what is there, and pays for what it makes longer", async () => {
    const { folder } = await run(
      async (given) => {
        const file = root(given).openAt({}, "b.txt", isNew, write);
        await file.appendViaStream().blockingWriteAndFlush(new Uint8Array(2));
        file.setSize(4n);
        expect(codeOf(() => file.setSize(2n ** 21n))).toBe("quota");
        file.setTimes({ tag: "now" }, { tag: "timestamp", val: { seconds: 3n, nanoseconds: 5e8 } });
      },
      { path: "out", write: true, maximumMiB: 1 },
    );
    expect(folder.calls.filter((call) => (call as string[])[0] !== "stat").slice(1)).toEqual([
      ["write", 2, 9],
      ["size", 4],
      ["times", "now", 3500],
    ]);
  });

  test("takes away, renames and dates what is there only where changing it is granted", async () => {
    const all = (given: AppImports) => {
      const top = root(given);
      const below = top.openAt({}, "a", { directory: true }, {});
      return [
        codeOf(() => top.unlinkFileAt("x.txt")),
        codeOf(() => below.removeDirectoryAt("b")),
        codeOf(() => below.renameAt("x", top, "c/y")),
        codeOf(() => top.setTimesAt({}, "x", { tag: "no-change" }, { tag: "now" })),
      ];
    };
    const refused = await run((given) => expect(all(given)).toEqual(Array(4).fill("not-permitted")));
    expect(refused.events.map((event) => event.kind === "denied" && event.denied)).toEqual(
      Array(4).fill("overwrite"),
    );
    const { folder } = await run((given) => expect(all(given)).toEqual(Array(4).fill("done")), {
      path: "out",
      write: true,
      overwrite: true,
    });
    expect(folder.calls.slice(1)).toEqual([
      ["unlink", "x.txt"],
      ["rmdir", "a", "b"],
      ["rename", ["a", "x"], ["c", "y"]],
      ["times", "x", undefined, "now"],
    ]);
  });

  test("makes no link, reads none, and gives none another name outside", async () => {
    const { events } = await run(
      (given) => {
        const top = root(given);
        expect(codeOf(() => top.symlinkAt("/etc/passwd", "x"))).toBe("not-permitted");
        expect(codeOf(() => top.linkAt({}, "a"))).toBe("not-permitted");
        expect(codeOf(() => top.readlinkAt("link"))).toBe("not-permitted");
        expect(codeOf(() => top.renameAt("a", top, "../a"))).toBe("not-permitted");
      },
      { path: "out", write: true, overwrite: true },
    );
    expect(events.map((event) => event.kind === "denied" && event.denied)).toEqual([
      "link",
      "link",
      "link",
      "path",
    ]);
  });

  test("resolves a path as programs do: what is no link is said to be none, and nobody is told of it", async () => {
    const { events } = await run((given) => {
      expect(codeOf(() => root(given).readlinkAt("a"))).toBe("invalid");
      expect(codeOf(() => root(given).readlinkAt("b.txt"))).toBe("invalid");
    });
    expect(events).toEqual([]);
  });

  test("makes a file that it only reads", async () => {
    await run(
      (given) => {
        const file = root(given).openAt({}, "b.txt", isNew, { read: true });
        expect(file.getFlags()).toEqual({ read: true, write: false });
        expect(codeOf(() => file.write(new Uint8Array(1), 0n))).toBe("bad-descriptor");
      },
      { path: "out", write: true },
    );
  });

  test("sees a file that is older than 1970 as one of 1970: wasi:clocks has no earlier time", async () => {
    await run((given) => {
      const { dataModificationTimestamp, statusChangeTimestamp } = root(given).statAt({}, "old.txt");
      expect(dataModificationTimestamp).toEqual({ seconds: 0n, nanoseconds: 0 });
      expect(statusChangeTimestamp).toEqual({ seconds: 2n, nanoseconds: 0 });
    });
  });

  test("knows objects apart", async () => {
    await run((given) => {
      const top = root(given);
      expect(top.isSameObject(top)).toBe(true);
      expect(top.isSameObject(top.openAt({}, "a", { directory: true }, {}))).toBe(false);
      expect(top.metadataHashAt({}, "a")).toEqual(
        top.openAt({}, "a", { directory: true }, {}).metadataHash(),
      );
      expect(top.metadataHash().lower).not.toBe(top.metadataHashAt({}, "a").lower);
    });
  });
});

describe("an app without a folder", () => {
  test("starts, and has no folders", async () => {
    const { folder, events } = await run(
      (given) => expect(given["wasi:filesystem/preopens"].getDirectories()).toEqual([]),
      null,
    );
    expect([folder.calls, events]).toEqual([[], []]);
  });
});
