import { serveUsbIp, type UsbDevice } from "@busbar/sim/usbip";
import { expect, onTestFinished } from "vitest";
import { UsbIpClient } from "./usbip-client.ts";

const SET_CONFIGURATION = "0009010000000000";

/** A model behind a USB/IP server, imported and configured as Linux' virtual host controller does; for one test. */
export async function clientOf(model: UsbDevice): Promise<UsbIpClient> {
  const errors: unknown[] = [];
  const server = await serveUsbIp({ devices: [model], onError: (error) => errors.push(error) });
  const client = await UsbIpClient.connect(server.port);
  onTestFinished(async () => {
    client.socket.destroy();
    await server.close();
    expect(errors).toEqual([]);
  });
  await client.import("1-1");
  expect(await client.control(SET_CONFIGURATION)).toMatchObject({ status: 0 });
  return client;
}

/** The strings of a model, from index 1 on, as a host reads them over USB/IP. */
export async function stringsOf(model: UsbDevice, count: number): Promise<string[]> {
  const client = await clientOf(model);
  const strings: string[] = [];
  for (let index = 1; index <= count; index += 1) {
    const { data } = await client.control(`8006${index.toString(16).padStart(2, "0")}030904ff00`);
    strings.push(data.subarray(2).toString("utf16le"));
  }
  return strings;
}
