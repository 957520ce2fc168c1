/**
 * Keyboards: from reports to key events. Layout and repetition are left to the app. Sources: HID 1.11, 8.3 and appendix
 * C; HID Usage Tables 1.5, section 10.
 */

import { carriesData, type Field, hasUsage, usageId, usagePage } from "./field.ts";
import type { DecodedReport, DecodedValue } from "./report.ts";
import { buildReport } from "./report-builder.ts";
import type { ReportDescriptor } from "./report-descriptor.ts";
import { Usage, UsagePage } from "./usages.ts";

/** Which modifiers are held, left or right. */
export interface Modifiers {
  readonly control: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Windows, Command or GUI. */
  readonly meta: boolean;
  /** Each key on its own, as in the boot report: bits 0 to 3 left control, shift, alt and GUI, 4 to 7 right. */
  readonly bits: number;
}

/** A key went down or up. */
export interface KeyEvent {
  /** Which key, as 32 bits: page << 16 | id. `keyCode` names those of the keyboard page. */
  readonly usage: number;
  /** Down (true) or up. */
  readonly pressed: boolean;
  /** What is held after this event. */
  readonly modifiers: Modifiers;
}

/** The lights of a keyboard; what is not given is off. */
export interface KeyboardLeds {
  readonly numLock?: boolean;
  readonly capsLock?: boolean;
  readonly scrollLock?: boolean;
  readonly compose?: boolean;
  readonly kana?: boolean;
}

const ledUsages = {
  numLock: Usage.NUM_LOCK,
  capsLock: Usage.CAPS_LOCK,
  scrollLock: Usage.SCROLL_LOCK,
  compose: Usage.COMPOSE,
  kana: Usage.KANA,
} as const satisfies Record<keyof KeyboardLeds, number>;

/** Where keys are: the keyboard itself, and the media and power keys that many keyboards have in other reports. */
const keyPages: readonly number[] = [UsagePage.KEYBOARD, UsagePage.CONSUMER];
/** Generic Desktop, System Power Down to System Warm Restart (4.5): keys as well. */
const FIRST_SYSTEM_KEY = 0x81;
const LAST_SYSTEM_KEY = 0x8f;

/** What a keyboard says in all its slots when it cannot tell which keys are down (Usage Tables, 10, note 3). */
const errorUsages: ReadonlySet<number | undefined> = new Set([
  Usage.KEYBOARD_ERROR_ROLL_OVER,
  Usage.KEYBOARD_POST_FAIL,
  Usage.KEYBOARD_ERROR_UNDEFINED,
]);

/** Whether a usage is no key, but says that the keyboard cannot tell which keys are down. */
export function isKeyboardError(usage: number | undefined): boolean {
  return errorUsages.has(usage);
}

/** Turns a keyboard's reports, arrays and bit maps alike, into key events. */
export class KeyboardDecoder {
  /** What each field says; a field keeps its keys until it is reported again. */
  readonly #keysOfField = new Map<Field, ReadonlySet<number>>();
  #pressed: ReadonlySet<number> = new Set();

  /** The keys that are down, as 32-bit usages. */
  get pressed(): ReadonlySet<number> {
    return this.#pressed;
  }

  /** The modifiers that are held. */
  get modifiers(): Modifiers {
    return modifiersOf(this.#pressed);
  }

  /**
   * Takes an input report.
   *
   * @returns what changed: modifiers first, then keys that went up, then keys that went down in the order of the report
   */
  apply({ values }: DecodedReport): KeyEvent[] {
    for (const [field, ofField] of Map.groupBy(values, ({ field }) => field)) {
      if (!isKeyField(field)) continue;
      // The keys of this field cannot be told now, so they stay as they were (appendix C). Modifiers are told always.
      if (ofField.some(({ usage, value }) => value !== 0 && isKeyboardError(usage))) continue;
      this.#keysOfField.set(field, new Set(ofField.flatMap(activeKey)));
    }
    return this.#changeTo(new Set([...this.#keysOfField.values()].flatMap((keys) => [...keys])));
  }

  /** Lets go of all keys: for a keyboard that is unplugged or suspended. */
  releaseAll(): KeyEvent[] {
    this.#keysOfField.clear();
    return this.#changeTo(new Set());
  }

  #changeTo(pressed: ReadonlySet<number>): KeyEvent[] {
    const current = new Set(this.#pressed);
    const released = [...current].filter((usage) => !pressed.has(usage));
    const added = [...pressed].filter((usage) => !current.has(usage));
    const changes = [...released, ...added];
    const ordered = [...changes.filter(isModifier), ...changes.filter((usage) => !isModifier(usage))];
    this.#pressed = pressed;
    return ordered.map((usage) => {
      const isPressed = pressed.has(usage);
      if (isPressed) current.add(usage);
      else current.delete(usage);
      return { usage, pressed: isPressed, modifiers: modifiersOf(current) };
    });
  }
}

/**
 * The output report that sets a keyboard's lights.
 *
 * @returns a transfer, with the id byte where the report has one; `undefined` when the keyboard has no lights
 */
export function buildKeyboardLeds({ reports }: ReportDescriptor, leds: KeyboardLeds): Uint8Array | undefined {
  for (const report of reports.filter(({ type }) => type === "output")) {
    const entries = Object.entries(ledUsages).filter(([, usage]) =>
      report.fields.some((field) => hasUsage(field, usage)),
    );
    if (entries.length === 0) continue;
    return buildReport(
      report,
      entries.map(([name, usage]) => ({ usage, value: leds[name as keyof KeyboardLeds] ? 1 : 0 })),
    );
  }
  return undefined;
}

/** Whether a field's controls are keys: each is on or off. */
function isKeyField(field: Field): boolean {
  const usage = field.usages[0]?.first;
  if (usage === undefined || !carriesData(field) || field.report.type !== "input") return false;
  const isSwitch = field.kind === "array" || field.bitSize === 1;
  const id = usageId(usage);
  const isSystemKey =
    usagePage(usage) === UsagePage.GENERIC_DESKTOP && id >= FIRST_SYSTEM_KEY && id <= LAST_SYSTEM_KEY;
  return isSwitch && (isSystemKey || keyPages.includes(usagePage(usage)));
}

/** The key that a control says is down. Id 0 of every page is "no key". */
function activeKey({ field, usage, value }: DecodedValue): number[] {
  const isActive = field.kind === "array" || value !== 0;
  return usage !== undefined && isActive && usageId(usage) !== 0 ? [usage] : [];
}

function isModifier(usage: number): boolean {
  return usage >= Usage.KEYBOARD_LEFT_CONTROL && usage <= Usage.KEYBOARD_RIGHT_GUI;
}

function modifiersOf(pressed: ReadonlySet<number>): Modifiers {
  let bits = 0;
  for (let index = 0; index < 8; index++) {
    if (pressed.has(Usage.KEYBOARD_LEFT_CONTROL + index)) bits |= 1 << index;
  }
  const either = bits | (bits >> 4);
  return {
    control: (either & 0b0001) !== 0,
    shift: (either & 0b0010) !== 0,
    alt: (either & 0b0100) !== 0,
    meta: (either & 0b1000) !== 0,
    bits,
  };
}
