import { dirname, resolve } from "node:path";
import type { Board } from "@busbar/host";
import { BackendError, type UsbBackend, UsbError } from "@busbar/host/backend";
import { libusb, loadModels, nodeClock, readBoard } from "@busbar/host-node";
import type { Command } from "commander";
import { defaultBoard } from "../board-argument.ts";
import { boardEntries } from "../output/board-entries.ts";
import { deviceTree } from "../output/device-tree.ts";
import { Output, style } from "../output/output.ts";
import { printable, printableMessage } from "../output/printable.ts";
import { type InstalledDriver, installedUsbDrivers } from "../usb/installed-drivers.ts";
import { type ListedDevice, listDevice } from "../usb/listed-device.ts";
import { suggestEntries } from "../usb/suggest.ts";
import { jsonOption } from "./options.ts";

interface DevicesOptions {
  /** True where it is ./board.json. */
  readonly board?: string | true;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** `busbar devices`. */
export function addDevices(program: Command): void {
  program
    .command("devices")
    .summary("the USB devices, which driver fits, and what a board grants it")
    .description(
      "Shows the USB devices that are plugged in as a tree: what hangs on which hub, the interfaces and who has them, which " +
        "installed driver package fits, and the entry to add to a board file. With a board also its simulated devices, and " +
        "what each of its entries gives of a device. Opens no device, but where only the device itself can say whether a " +
        "granted interface is a security key.",
    )
    .option("--board [board]", "the board file whose grants are shown; ./board.json where none is named")
    .option("--verbose", "show all descriptors")
    .addOption(jsonOption())
    .action((options: DevicesOptions) => devices(options));
}

async function devices({ board: named, verbose = false, json = false }: DevicesOptions): Promise<void> {
  const path = named === true ? defaultBoard : named;
  const output = new Output(json);
  const board = path === undefined ? undefined : readBoard(path);
  const folder = path === undefined ? process.cwd() : dirname(resolve(path));
  const installed = installedUsbDrivers(folder);
  const simulated = await list(await simulatorOf(board, folder), { simulated: true, installed, board });
  const real = await list(libusb(), { simulated: false, installed, board });
  const listed = [...simulated.devices, ...real.devices];
  const add = suggestEntries(listed, board);
  if (json) {
    output.document({ devices: listed, problem: real.problem ?? null, add });
    return;
  }
  const isNothing = listed.length === 0 && real.problem === undefined;
  const parts = [
    ...(listed.length > 0 ? [deviceTree(listed, verbose)] : []),
    ...(real.problem === undefined ? [] : [style("red", printableMessage(real.problem))]),
    ...(isNothing ? ['No USB device is plugged in; "busbar doctor" says whether USB works here.'] : []),
    ...(Object.keys(add).length === 0
      ? []
      : [
          `${style("bold", "add")} ${style("dim", `to "devices" of ${printable(path ?? "a board file")}`)}\n${boardEntries(add)}`,
        ]),
  ];
  output.block(parts.join("\n\n"));
}

/** The simulated devices have a backend of their own, loaded only for a board that has some. */
async function simulatorOf(board: Board | undefined, folder: string): Promise<UsbBackend | undefined> {
  if (!board?.simulate.some((entry) => entry.usb !== undefined)) return undefined;
  const { simulate } = await import("@busbar/sim");
  return simulate(board.simulate, nodeClock, await loadModels(board, folder));
}

/** A machine without USB is a list with a problem: the rest can still be shown. */
async function list(
  backend: UsbBackend | undefined,
  options: {
    readonly simulated: boolean;
    readonly installed: readonly InstalledDriver[];
    readonly board: Board | undefined;
  },
): Promise<{ devices: ListedDevice[]; problem?: string }> {
  const found: ListedDevice[] = [];
  try {
    for (const device of (await backend?.devices()) ?? []) {
      try {
        found.push(await listDevice(device, options));
      } catch (error) {
        // It left while it was looked at.
        if (!(error instanceof UsbError)) throw error;
      }
    }
    return { devices: found };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { devices: found, problem: error.message };
  }
}
