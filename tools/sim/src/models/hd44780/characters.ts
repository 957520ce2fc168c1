/** What character ROM A00 shows, for pictures: HD44780U datasheet, table 4. One character for each code. */

/** 0x20 to 0x7F: ASCII but for three places. */
const LOWER =
  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[¥]^_`abcdefghijklmnopqrstuvwxyz{|}→←";

/** 0xA0 to 0xDF. */
const KATAKANA = " ｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞ°";

/** 0xE0 to 0xFF. Letters that reach below the line appear a second time; a superscript -1, x and a mean have no character. */
const UPPER = "αäβεµσρg√¹jˣ¢£ñöpqθ∞ΩüΣπxy千万円÷ █";

/** Custom characters 0 to 7, which are drawings, as their numbers. */
const CUSTOM = "⓪①②③④⑤⑥⑦";

/** The character that a code shows; a blank for a code that the ROM leaves empty. */
export function characterOf(code: number): string {
  if (code < 0x10) return CUSTOM[code & 0x07]!;
  if (code >= 0x20 && code < 0x80) return LOWER[code - 0x20]!;
  if (code >= 0xa0 && code < 0xe0) return KATAKANA[code - 0xa0]!;
  if (code >= 0xe0) return UPPER[code - 0xe0]!;
  return " ";
}
