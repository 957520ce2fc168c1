/**
 * The keys of the Keyboard/Keypad page by their place on the keyboard: names of "UI Events KeyboardEvent code Values"
 * (W3C), which say what is printed on a US keyboard and nothing about the layout in use. Source of the ids: HID Usage
 * Tables 1.5, section 10.
 */

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `Key${letter}`);
const digits = [..."1234567890"].map((digit) => `Digit${digit}`);
const functionKeys = (first: number) => Array.from({ length: 12 }, (_, index) => `F${first + index}`);

/** Runs of names, each from an id on. */
const runs: readonly (readonly [first: number, names: readonly string[]])[] = [
  [0x04, letters],
  [0x1e, digits],
  [0x28, ["Enter", "Escape", "Backspace", "Tab", "Space", "Minus", "Equal", "BracketLeft", "BracketRight"]],
  // 0x32 is the same key as 0x31 on keyboards outside of the US.
  [
    0x31,
    ["Backslash", "Backslash", "Semicolon", "Quote", "Backquote", "Comma", "Period", "Slash", "CapsLock"],
  ],
  [0x3a, functionKeys(1)],
  [0x46, ["PrintScreen", "ScrollLock", "Pause", "Insert", "Home", "PageUp", "Delete", "End", "PageDown"]],
  [0x4f, ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "NumLock"]],
  [0x54, ["NumpadDivide", "NumpadMultiply", "NumpadSubtract", "NumpadAdd", "NumpadEnter"]],
  [0x59, [..."1234567890"].map((digit) => `Numpad${digit}`)],
  [0x63, ["NumpadDecimal", "IntlBackslash", "ContextMenu", "Power", "NumpadEqual"]],
  [0x68, functionKeys(13)],
  [0x74, ["Open", "Help", "Props", "Select", "Stop", "Again", "Undo", "Cut", "Copy", "Paste", "Find"]],
  [0x7f, ["AudioVolumeMute", "AudioVolumeUp", "AudioVolumeDown"]],
  [0x85, ["NumpadComma"]],
  [0x87, ["IntlRo", "KanaMode", "IntlYen", "Convert", "NonConvert"]],
  [0x90, ["Lang1", "Lang2", "Lang3", "Lang4", "Lang5"]],
  [0xb6, ["NumpadParenLeft", "NumpadParenRight"]],
  [0xe0, ["ControlLeft", "ShiftLeft", "AltLeft", "MetaLeft"]],
  [0xe4, ["ControlRight", "ShiftRight", "AltRight", "MetaRight"]],
];

const codes: ReadonlyMap<number, string> = new Map(
  runs.flatMap(([first, names]) => names.map((name, index) => [first + index, name] as const)),
);

/**
 * The name of a key of the Keyboard/Keypad page.
 *
 * @param id 0 to 0xFFFF, without the page
 * @returns "KeyA", "ShiftLeft"; `undefined` for keys that have no name
 */
export function keyCode(id: number): string | undefined {
  return codes.get(id);
}
