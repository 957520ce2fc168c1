/** An app of world `serial-port-app`: sends 16 KiB, and reads them back. */

import { defineApp, print } from "@busbar/guest/app/base";
import { openSerialPort } from "@busbar/guest/app/serial-port";

const BYTES = 16_384;

/** wasi:cli/run. */
export const run = defineApp(() => {
  const port = openSerialPort("console");
  print(`${port.info.vendorId} ${port.info.product}`);
  // More than 2^31: a u32 that a QuickJS guest sees as a negative number.
  port.setLineSettings({ ...port.lineSettings(), baudRate: 3_000_000_000 });
  print(`${port.lineSettings().baudRate} ${port.lineSettings().parity}`);
  port.setControlSignals({ dataTerminalReady: true, requestToSend: true });
  print(`carrier ${port.lineState().carrierDetect}`);
  const sent = Uint8Array.from({ length: BYTES }, (_, index) => (index * 7) & 0xff);
  port.write(sent);
  port.drain();
  let received = 0;
  let alike = true;
  while (received < BYTES) {
    const part = port.read(4096, 1000);
    if (part.length === 0) break;
    for (const [index, byte] of part.entries()) alike &&= byte === sent[received + index];
    received += part.length;
  }
  print(`${received} ${alike}`);
  print(`${port.read(10, 0).length}`);
  port.sendBreak(10);
  port.close();
});
