/**
 * Driver of DualShock 4 and DualSense over USB. They are HID devices, whose report descriptor leaves most of what they
 * send and take to their maker: this shows all of it by a report descriptor of its own.
 *
 * Sources: see dualshock-4.ts, dualsense.ts and motion.ts.
 */

import { DriverError, type UsbDevice } from "@busbar/guest";
import { type Clock, HidError, HidInterface, identify, TranslatedHid } from "@busbar/hid";
import {
  buildDualSenseOutput,
  DUALSENSE,
  DUALSENSE_TOUCHPAD,
  type DualSenseOutput,
  parseDualSenseReport,
} from "./dualsense.ts";
import {
  buildDualShock4Output,
  DUALSHOCK_4,
  DUALSHOCK_4_TOUCHPAD,
  type DualShock4Output,
  isWithoutController,
  parseDualShock4Report,
} from "./dualshock-4.ts";
import {
  type Calibration,
  nominalCalibration,
  parseDualSenseCalibration,
  parseDualShock4Calibration,
} from "./motion.ts";
import { buildInputReport, ReportId, reportDescriptorOf } from "./report.ts";
import type { PlayStationState } from "./state.ts";
import type { TouchpadSize } from "./touch.ts";

/** The settings of a board file: none. */
export const playStationControllerOptions = {};

/** One of the two controllers: how to read it, and how to write to it. */
interface Model {
  readonly vendorId: number;
  readonly productIds: readonly number[];
  readonly touchpad: TouchpadSize;
  readonly calibrationReport: number;
  /** With its id. */
  readonly calibrationLength: number;
  parseCalibration(report: Uint8Array): Calibration;
  parseReport(report: Uint8Array): PlayStationState;
  buildOutput(output: DualShock4Output & DualSenseOutput): Uint8Array;
}

const models: readonly Model[] = [
  {
    ...DUALSHOCK_4,
    touchpad: DUALSHOCK_4_TOUCHPAD,
    calibrationReport: 0x02,
    calibrationLength: 37,
    parseCalibration: parseDualShock4Calibration,
    parseReport: parseDualShock4Report,
    buildOutput: buildDualShock4Output,
  },
  {
    ...DUALSENSE,
    touchpad: DUALSENSE_TOUCHPAD,
    calibrationReport: 0x05,
    calibrationLength: 41,
    parseCalibration: parseDualSenseCalibration,
    parseReport: parseDualSenseReport,
    buildOutput: buildDualSenseOutput,
  },
];

/** Of both, and its id. */
const REPORT_LENGTH = 64;
const INPUT_REPORT = 0x01;
/** Between two reports a controller has little else to say. */
const MAX_OTHER_REPORTS = 256;
const FULL = 255;
const STILL = { rumble: { strong: 0, weak: 0 } };

/** The driver of one controller. Every method throws DriverError. */
export class PlayStationController extends TranslatedHid {
  readonly #interface: HidInterface;
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #calibration: Calibration;
  #isRumbling = false;
  #closed = false;

  /**
   * Claims the HID interface, reads the calibration of the sensors and begins to read. The device stays the caller's to
   * close when this throws.
   *
   * @throws DriverError `wrong-device` for a device that is neither of them, and all that UsbDevice throws
   */
  constructor(usb: UsbDevice, clock: Clock) {
    const model = modelOf(usb.descriptor);
    super(identify(usb), reportDescriptorOf(model.touchpad));
    this.#model = model;
    this.#clock = clock;
    this.#interface = new HidInterface(usb, clock);
    this.#calibration = readCalibration(this.#interface, model);
    this.#interface.startInput(REPORT_LENGTH);
  }

  /** Stops the motors and gives the device back. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#isRumbling) {
        const report = this.#model.buildOutput(STILL);
        this.#interface.writeOptionalOutput("stopping its motors", report[0]!, report);
      }
    } catch (error) {
      // A controller that is gone rumbles no more.
      if (!(error instanceof DriverError)) throw error;
    } finally {
      this.#interface.close();
    }
  }

  protected override receive(timeoutMs: number): Uint8Array | undefined {
    const endMs = this.#clock.nowMs() + timeoutMs;
    let leftMs = timeoutMs;
    for (let others = 0; others < MAX_OTHER_REPORTS; others++) {
      const bytes = this.#interface.readInput(leftMs);
      if (bytes === undefined) return undefined;
      if (bytes[0] === INPUT_REPORT && !isWithoutController(this.info.productId, bytes)) {
        const state = this.#model.parseReport(bytes);
        return buildInputReport(state, this.#calibration, this.#model.touchpad);
      }
      leftMs = Math.max(0, endMs - this.#clock.nowMs());
    }
    return undefined;
  }

  protected override transmit([id, ...values]: Uint8Array): void {
    const [first = 0, second = 0, third = 0] = values.map((value) => value / FULL);
    if (id === ReportId.LIGHT_BAR) {
      this.#write({ light: { red: first, green: second, blue: third } });
      return;
    }
    // Also where the write fails: what was not acknowledged may have been done.
    this.#isRumbling ||= first > 0 || second > 0;
    this.#write({ rumble: { strong: first, weak: second } });
    this.#isRumbling = first > 0 || second > 0;
  }

  #write(output: DualShock4Output & DualSenseOutput): void {
    const report = this.#model.buildOutput(output);
    this.#interface.writeOutput(report[0]!, report);
  }
}

function modelOf({ vendorId, productId }: { vendorId: number; productId: number }): Model {
  const model = models.find((each) => each.vendorId === vendorId && each.productIds.includes(productId));
  if (model !== undefined) return model;
  throw DriverError.wrongDevice(
    "The device is no DualShock 4 or DualSense; use @busbar/hid for other gamepads.",
  );
}

/**
 * Calibration over USB has no checksum: that is for Bluetooth only. Rebuilt controllers refuse the request, do not answer
 * it or answer with something else, and are calibrated as all are on paper.
 */
function readCalibration(hid: HidInterface, model: Model): Calibration {
  const { calibrationReport, calibrationLength } = model;
  const doing = "reading the calibration of its sensors";
  const report = hid.getOptionalReport(doing, "feature", calibrationReport, calibrationLength);
  if (report === undefined) return nominalCalibration;
  try {
    return model.parseCalibration(report);
  } catch (error) {
    if (!(error instanceof HidError)) throw error;
    hid.warn(`${doing} failed, and is done without: ${error.message}`);
    return nominalCalibration;
  }
}
