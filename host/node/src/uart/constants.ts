/**
 * Numbers of the Linux user-space API, named as in `asm-generic/termbits.h`, `asm-generic/termbits-common.h`, `asm-generic/ioctls.h` and
 * `linux/serial.h` (Linux 6.1). They hold for every architecture that koffi runs on: those with numbers of their own, such as
 * PowerPC, MIPS and SPARC, are none of them.
 */

/** `struct termios2`, after its four words of flags: `cc_t c_line; cc_t c_cc[19]; speed_t c_ispeed, c_ospeed;` */
export const TERMIOS2_SIZE = 44;
/** Where `c_cc` is in it. */
export const C_CC = 17;
/** Where `c_ispeed` and `c_ospeed` are. */
export const C_ISPEED = 36;
export const C_OSPEED = 40;

/** `_IOR('T', 0x2A, struct termios2)` and `_IOW('T', 0x2B, struct termios2)`. */
export const TCGETS2 = 0x802c_542a;
export const TCSETS2 = 0x402c_542b;
/** Takes a queue: forgets what is in it. */
export const TCFLSH = 0x540b;
/** The queue of what has come. */
export const TCIFLUSH = 0;
/** The queue of what was written. */
export const TCOFLUSH = 1;
/** Nobody else can open the tty, but for root. */
export const TIOCEXCL = 0x540c;
export const TIOCNXCL = 0x540d;
/** Takes a pointer to an int: receives how many bytes were written and have not left. */
export const TIOCOUTQ = 0x5411;
/** Takes a pointer to an int: receives the line status, of which there is {@link TIOCSER_TEMT}. Few drivers have it. */
export const TIOCSERGETLSR = 0x5459;
/** The transmitter is empty: the last bit has left. */
export const TIOCSER_TEMT = 0x01;
/** Takes a pointer to a `struct serial_icounter_struct`: what happened on the line so far. Few drivers have it. */
export const TIOCGICOUNT = 0x545d;
/** Twenty ints: cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk, buf_overrun, and nine reserved. */
export const ICOUNTER_SIZE = 80;

/** c_iflag: a byte that is no byte is marked: 0xFF 0x00 before it; 0xFF itself is doubled. */
export const PARMRK = 0o10;
/** c_iflag: the parity is checked. */
export const INPCK = 0o20;

/** c_cflag: the speed is in c_ispeed and c_ospeed. */
export const BOTHER = 0o010000;
export const CSIZE = 0o60;
export const CS = { 5: 0o0, 6: 0o20, 7: 0o40, 8: 0o60 } as const;
export const CSTOPB = 0o100;
export const CREAD = 0o200;
export const PARENB = 0o400;
export const PARODD = 0o1000;
export const HUPCL = 0o2000;
/** There is no modem whose carrier would have to be waited for. */
export const CLOCAL = 0o4000;
/** With PARENB: the parity bit is always what PARODD says. */
export const CMSPAR = 0o10000000000;
export const CRTSCTS = 0o20000000000;

/** Places in c_cc. */
export const VTIME = 5;
export const VMIN = 6;
