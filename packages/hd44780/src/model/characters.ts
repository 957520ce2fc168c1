/** What the character ROMs show, for pictures: HD44780U datasheet, table 4. One character for each code. */

/** The character ROMs of the HD44780U. */
export type Hd44780Rom = "A00" | "A02";

/** 0x20 to 0x7F: ASCII but for three places. */
const LOWER =
  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[¥]^_`abcdefghijklmnopqrstuvwxyz{|}→←";

/** 0xA0 to 0xDF. */
const KATAKANA = " ｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞ°";

/** 0xE0 to 0xFF. Letters that reach below the line appear a second time; a superscript -1, x and a mean have no character. */
const UPPER = "αäβεµσρg√¹jˣ¢£ñöpqθ∞ΩüΣπxy千万円÷ █";

/** Custom characters 0 to 7, which are drawings, as their numbers. */
const CUSTOM = "⓪①②③④⑤⑥⑦";

/** ROM A02, 0x10 to 0x1F, 0x7F to 0x9F, and the places of the upper half where it is not Latin-1. */
const A02_LOWEST = [..."▶◀“”⏫⏬●↲↑↓→←≤≥▲▼"];
const A02_MIDDLE = [..."⌂БДЖЗИЙЛПУЦЧШЩЪЫЭα♪ΓπΣσ♬τ🔔θΩδ∞♥ε∩"];
const A02_OWN: Readonly<Record<number, string>> = {
  160: "‖",
  168: "ƒ",
  172: "Ю",
  173: "Я",
  175: "´",
  180: "₧",
  184: "ω",
  216: "Φ",
};

/** The character that a code shows; a blank for a code that the ROM leaves empty. */
export function characterOf(code: number, rom: Hd44780Rom = "A00"): string {
  if (code < 0x10) return CUSTOM[code & 0x07]!;
  if (rom === "A02") return characterOfA02(code);
  if (code >= 0x20 && code < 0x80) return LOWER[code - 0x20]!;
  if (code >= 0xa0 && code < 0xe0) return KATAKANA[code - 0xa0]!;
  if (code >= 0xe0) return UPPER[code - 0xe0]!;
  return " ";
}

function characterOfA02(code: number): string {
  if (code < 0x20) return A02_LOWEST[code - 0x10]!;
  if (code >= 0x7f && code < 0xa0) return A02_MIDDLE[code - 0x7f]!;
  return A02_OWN[code] ?? String.fromCharCode(code);
}
