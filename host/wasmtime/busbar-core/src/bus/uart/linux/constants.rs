//! Numbers of the Linux user-space API, named as in asm-generic/termbits.h, asm-generic/termbits-common.h, asm-generic/ioctls.h and
//! linux/serial.h (Linux 6.1). They hold for every architecture that this host is built for: those with numbers of their own, such as
//! PowerPC, MIPS and SPARC, are none of them.

/// `struct termios2`: `tcflag_t c_iflag, c_oflag, c_cflag, c_lflag; cc_t c_line; cc_t c_cc[19]; speed_t c_ispeed, c_ospeed;`
pub(super) const TERMIOS2_SIZE: usize = 44;
/// Where its parts are.
pub(super) const C_IFLAG: usize = 0;
pub(super) const C_CFLAG: usize = 8;
pub(super) const C_CC: usize = 17;
pub(super) const C_ISPEED: usize = 36;
pub(super) const C_OSPEED: usize = 40;

/// `_IOR('T', 0x2A, struct termios2)` and `_IOW('T', 0x2B, struct termios2)`.
pub(super) const TCGETS2: u32 = 0x802c_542a;
pub(super) const TCSETS2: u32 = 0x402c_542b;
/// Takes a queue: forgets what is in it.
pub(super) const TCFLSH: u32 = 0x540b;
/// Nobody else can open the tty, but for root.
pub(super) const TIOCEXCL: u32 = 0x540c;
pub(super) const TIOCNXCL: u32 = 0x540d;
/// Takes a pointer to an int: receives how many bytes were written and have not left.
pub(super) const TIOCOUTQ: u32 = 0x5411;
/// Takes a pointer to an unsigned int: receives the line status, of which there is [`TIOCSER_TEMT`]. Few drivers have it.
pub(super) const TIOCSERGETLSR: u32 = 0x5459;
/// The transmitter is empty: the last bit has left.
pub(super) const TIOCSER_TEMT: i32 = 0x01;
/// Takes a pointer to a `struct serial_icounter_struct`: what happened on the line so far. Few drivers have it.
pub(super) const TIOCGICOUNT: u32 = 0x545d;
/// Twenty ints: cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk, buf_overrun, and nine reserved.
pub(super) const ICOUNTER_INTS: usize = 20;

/// c_iflag: a byte that is no byte is marked: 0xFF 0x00 before it; 0xFF itself is doubled.
pub(super) const PARMRK: u32 = 0o10;
/// c_iflag: the parity is checked.
pub(super) const INPCK: u32 = 0o20;

/// c_cflag: the speed is in c_ispeed and c_ospeed.
pub(super) const BOTHER: u32 = 0o010_000;
pub(super) const CSIZE: u32 = 0o60;
pub(super) const CS5: u32 = 0o0;
pub(super) const CS6: u32 = 0o20;
pub(super) const CS7: u32 = 0o40;
pub(super) const CS8: u32 = 0o60;
pub(super) const CSTOPB: u32 = 0o100;
pub(super) const CREAD: u32 = 0o200;
pub(super) const PARENB: u32 = 0o400;
pub(super) const PARODD: u32 = 0o1000;
pub(super) const HUPCL: u32 = 0o2000;
/// There is no modem whose carrier would have to be waited for.
pub(super) const CLOCAL: u32 = 0o4000;
/// With PARENB: the parity bit is always what PARODD says.
pub(super) const CMSPAR: u32 = 0o10_000_000_000;
pub(super) const CRTSCTS: u32 = 0o20_000_000_000;

/// Places in c_cc.
pub(super) const VTIME: usize = 5;
pub(super) const VMIN: usize = 6;
