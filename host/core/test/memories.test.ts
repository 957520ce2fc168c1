import { expect, test } from "vitest";
import { ComponentArtifact } from "../src/component/artifact.ts";
import { HostError } from "../src/error.ts";

const section = (id: number, contents: readonly number[]) => {
  const length = contents.length;
  return [id, ...(length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7]), ...contents];
};

/** A component whose one core module has so many memories of no page, and that is instantiated so often. */
function withMemories(memories: number, instances = 1): Uint8Array {
  const each = Array.from({ length: memories }, () => [0x00, 0x00]).flat();
  const module = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(5, [memories, ...each])];
  const instance = Array.from({ length: instances }, () => [0x00, 0x00, 0x00]).flat();
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
    ...section(1, module),
    ...section(2, [instances, ...instance]),
  ]);
}

test("the memories of all core instances are counted together", async () => {
  expect((await ComponentArtifact.load("none.wasm", withMemories(0))).memories).toBe(0);
  expect((await ComponentArtifact.load("few.wasm", withMemories(3, 4))).memories).toBe(12);
});

test("a component that reserves addresses a thousand times is refused when it is loaded", async () => {
  await ComponentArtifact.load("most.wasm", withMemories(32, 2));
  for (const bytes of [withMemories(65), withMemories(1, 65)]) {
    const error = await ComponentArtifact.load("many.wasm", bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HostError);
    expect(error).toMatchObject({
      code: "component",
      message: "many.wasm cannot be linked: more than 64 memories are not supported.",
    });
  }
});
