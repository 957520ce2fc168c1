import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import { BackendError, HostError } from "../src/error.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeBus, FakeClock, fakeArtifact } from "./fakes.ts";

const i2c = (address: string) => ({ bus: 1, address });
const sensor = () => fakeArtifact(() => ({ read: () => Float64Array.of(21) }));
const greedy = () =>
  fakeArtifact(() => ({ read: () => Float64Array.of(0) }), ["wasi:filesystem/types@0.2.0"]);
const appOf = (imports: readonly string[]) =>
  fakeComponent("./app.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), () => ({
    "wasi:cli/run@0.2.0": { run: () => undefined },
  }));

const file: BoardFile = {
  devices: {
    greedy: { driver: "greedy", i2c: i2c("0x40") },
    indoor: { driver: "sensor", i2c: i2c("0x76") },
    remote: { driver: "remote", i2c: i2c("0x44") },
  },
  apps: { nosy: { component: "nosy" }, station: { component: "station" } },
};

/** What can be found; a test may change it. */
function platform() {
  const components: Record<string, () => LoadedComponent> = {
    sensor,
    greedy,
    station: () => appOf(["wasi:cli/stdout@0.2.0"]),
    nosy: () => appOf(["wasi:sockets/tcp@0.2.0"]),
  };
  const loadComponent = async (specifier: string) => {
    const found = components[specifier];
    if (found === undefined) throw new BackendError(`${specifier}: the registry does not answer.`);
    return found();
  };
  return { components, clock: new FakeClock(), i2c: [new FakeBus()], loadComponent };
}

describe("a board that is opened without what is refused", () => {
  test("says what, and why, and everything else goes on", async () => {
    await using board = await OpenBoard.open(parseBoard(file), platform(), { tolerant: true });
    expect(board.refused.map(({ place, name, error }) => [place, name, error.code])).toEqual([
      ["devices", "greedy", "not-granted"],
      ["devices", "remote", "backend"],
      ["apps", "nosy", "not-granted"],
    ]);
    expect(board.devices.map(({ name }) => name)).toEqual(["indoor"]);
    expect(board.apps).toEqual(["station"]);
    await using indoor = await board.sensor("indoor");
    expect(await indoor.read()).toEqual({ temperature: 21 });
    await board.run("station", { output: () => undefined });
    await expect(board.sensor("greedy")).rejects.toThrow("greedy: ./fake.wasm imports wasi:filesystem/types");
    await expect(board.run("nosy", { output: () => undefined })).rejects.toThrow("imports wasi:sockets/tcp");
  });

  test("looks again when it is asked for, and does not when it need not", async () => {
    const given = platform();
    await using board = await OpenBoard.open(parseBoard(file), given, { tolerant: true });
    await expect(board.sensor("remote")).rejects.toThrow("does not answer");
    expect(board.refused).toHaveLength(3);
    given.components.remote = sensor;
    given.components.nosy = given.components.station!;
    const [one, other] = await Promise.all([board.sensor("remote"), board.sensor("remote")]);
    expect(await one.read()).toEqual({ temperature: 21 });
    expect(await other.read()).toEqual({ temperature: 21 });
    await board.run("nosy", { output: () => undefined });
    expect(board.refused.map(({ name }) => name)).toEqual(["greedy"]);
    expect(board.devices.map(({ name }) => name)).toEqual(["indoor", "remote"]);
  });

  test("an edit mends, replaces or removes what was refused", async () => {
    await using board = await OpenBoard.open(parseBoard(file), platform(), { tolerant: true });
    await board.replace("greedy", { driver: "sensor", i2c: i2c("0x40") });
    expect(board.refused.map(({ name }) => name)).toEqual(["remote", "nosy"]);
    const { greedy: _, remote: __, ...devices } = file.devices;
    const change = await board.update({ ...file, devices });
    expect(change.removed).toEqual(["greedy", "remote"]);
    await expect(board.sensor("remote")).rejects.toThrow('the board has no device "remote"');
    expect(board.refused.map(({ name }) => name)).toEqual(["nosy"]);
    // What is edited is checked as ever: a wrong edit changes nothing.
    const wrong = { ...devices, extra: { driver: "greedy", i2c: i2c("0x41") } };
    await expect(board.update({ ...file, devices: wrong })).rejects.toThrow("wasi:filesystem/types");
    expect(board.refused.map(({ name }) => name)).toEqual(["nosy"]);
  });

  test("is no board with a bug: what is no HostError goes on", async () => {
    const given = { ...platform(), loadComponent: async () => Promise.reject(new TypeError("oops")) };
    await expect(OpenBoard.open(parseBoard(file), given, { tolerant: true })).rejects.toThrow("oops");
  });
});

test("by default such a board is not opened", async () => {
  const opening = OpenBoard.open(parseBoard(file), platform());
  await expect(opening).rejects.toThrow(HostError);
  await expect(opening).rejects.toThrow("greedy: ./fake.wasm imports wasi:filesystem/types");
  const apps = OpenBoard.open(parseBoard({ ...file, devices: {} }), platform());
  await expect(apps).rejects.toThrow("nosy: ./app.wasm imports wasi:sockets/tcp");
});
