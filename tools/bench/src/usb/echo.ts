import type { UsbEcho } from "@busbar/host";
import type { UsbBackend, UsbHandle } from "@busbar/host/backend";
import { alternate, type Cost } from "../measure.ts";

const vendorSpecific = 0xff;
const timeoutMs = 60_000;

/** What a program without components writes: two transfers on the first pair of bulk endpoints. */
export class PlainEcho {
  readonly #handle: UsbHandle;
  readonly #in: number;
  readonly #out: number;

  private constructor(handle: UsbHandle, input: number, output: number) {
    this.#handle = handle;
    this.#in = input;
    this.#out = output;
  }

  /** Opens and claims the last interface with bulk endpoints and a vendor's class. */
  static async open(backend: UsbBackend): Promise<PlainEcho> {
    for (const device of await backend.devices()) {
      const interfaces = device.configurations[0]?.interfaces ?? [];
      const found = interfaces.findLast(({ interfaceClass }) => interfaceClass === vendorSpecific);
      if (found === undefined) continue;
      const handle = device.open();
      handle.claimInterface(found.interfaceNumber);
      const bulk = found.endpoints.filter(({ attributes }) => (attributes & 0x03) === 2);
      const endpoint = (direction: number) =>
        bulk.find(({ endpointAddress }) => (endpointAddress & 0x80) === direction)!.endpointAddress;
      return new PlainEcho(handle, endpoint(0x80), endpoint(0));
    }
    throw new Error("There is no echo; plug one in.");
  }

  /** Sends `data` and takes what comes back, which is of the same length. */
  async roundTrip(data: Uint8Array): Promise<void> {
    const nothing = new Uint8Array();
    const reading = this.#handle.submit({
      type: "bulk",
      endpoint: this.#in,
      data: nothing,
      length: 512,
      timeoutMs,
    });
    await this.#handle.submit({ type: "bulk", endpoint: this.#out, data, length: 0, timeoutMs }).done;
    const { actualLength } = await reading.done;
    if (actualLength !== data.length) throw new Error(`The echo sent ${actualLength} bytes back.`);
  }

  /** Gives it back. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** One round trip of 32 bytes: asked for one by one, and in a loop inside the component. */
export async function echoCosts(
  component: UsbEcho,
  plain: PlainEcho,
  { rounds, trips }: { readonly rounds: number; readonly trips: number },
): Promise<Record<"component" | "inside" | "plain", Cost>> {
  const data = new Uint8Array(32).fill(0x5a);
  const perTrip = ({ wallUs, processorUs }: Cost): Cost => ({
    wallUs: wallUs / trips,
    processorUs: processorUs / trips,
  });
  const many = async (trip: () => Promise<unknown>) => {
    for (let count = 0; count < trips; count += 1) await trip();
  };
  const costs = await alternate(
    {
      component: () => many(() => component.roundTrip("bulk", data)),
      inside: () => component.run("bulk", data.length, trips),
      plain: () => many(() => plain.roundTrip(data)),
    },
    rounds,
    1,
  );
  return {
    component: perTrip(costs.component),
    inside: perTrip(costs.inside),
    plain: perTrip(costs.plain),
  };
}
