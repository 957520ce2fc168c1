use super::constants::{
    BOTHER, C_CC, C_CFLAG, C_IFLAG, C_ISPEED, C_OSPEED, CLOCAL, CMSPAR, CREAD, CRTSCTS, CS5, CS6, CS7, CS8, CSIZE,
    CSTOPB, HUPCL, INPCK, PARENB, PARMRK, PARODD, TERMIOS2_SIZE, VMIN, VTIME,
};
use crate::bus::uart::{FlowControl, Parity, UartLineSettings};

/// A `struct termios2`, in the machine's order of bytes.
pub(super) type Termios = [u8; TERMIOS2_SIZE];

/// The bits of c_cflag that say how the bytes are on the line.
const LINE_FLAGS: u32 = CSIZE | CSTOPB | PARENB | PARODD | CMSPAR | CRTSCTS;

/// How far a speed may be from what was asked for: half a bit, at the end of the last of ten.
const TOLERANCE: f64 = 0.05;

/// A line as it is set: raw bytes both ways, with marks where bytes were disturbed, no modem, and reads that end with the first byte. `before`
/// is as the tty has it: what happens when it is closed stays.
pub(super) fn encode_termios(settings: &UartLineSettings, before: &Termios) -> Termios {
    let mut termios = [0; TERMIOS2_SIZE];
    put(&mut termios, C_IFLAG, PARMRK | INPCK);
    let kept = word(before, C_CFLAG) & HUPCL;
    put(&mut termios, C_CFLAG, control_flags(settings) | BOTHER | CREAD | CLOCAL | kept);
    termios[C_CC + VMIN] = 1;
    termios[C_CC + VTIME] = 0;
    put(&mut termios, C_ISPEED, settings.baud_rate);
    put(&mut termios, C_OSPEED, settings.baud_rate);
    termios
}

/// What a tty did not take: a driver sets what it cannot do as it likes, and says so only here. `termios` is what it has after it was set; gives
/// the setting, as in a board file.
pub(super) fn refused_setting(settings: &UartLineSettings, termios: &Termios) -> Option<String> {
    let UartLineSettings { baud_rate, data_bits, parity, stop_bits, flow_control } = *settings;
    let differs = (word(termios, C_CFLAG) ^ control_flags(settings)) & LINE_FLAGS;
    if differs & CSIZE != 0 {
        return Some(format!("\"dataBits\": {data_bits}"));
    }
    if differs & (PARENB | PARODD | CMSPAR) != 0 {
        return Some(format!("\"parity\": \"{}\"", parity.name()));
    }
    if differs & CSTOPB != 0 {
        return Some(format!("\"stopBits\": {stop_bits}"));
    }
    if differs & CRTSCTS != 0 {
        return Some(format!("\"flowControl\": \"{}\"", flow_control.name()));
    }
    let speed = f64::from(word(termios, C_OSPEED));
    let is_near = (speed / f64::from(baud_rate) - 1.0).abs() <= TOLERANCE;
    (!is_near).then(|| format!("\"baudRate\": {baud_rate}"))
}

fn control_flags(settings: &UartLineSettings) -> u32 {
    let bits = match settings.data_bits {
        5 => CS5,
        6 => CS6,
        7 => CS7,
        _ => CS8,
    };
    let parity = match settings.parity {
        Parity::None => 0,
        Parity::Odd => PARENB | PARODD,
        Parity::Even => PARENB,
        Parity::Mark => PARENB | PARODD | CMSPAR,
        Parity::Space => PARENB | CMSPAR,
    };
    let stop = if settings.stop_bits == 2 { CSTOPB } else { 0 };
    let flow = if settings.flow_control == FlowControl::Hardware { CRTSCTS } else { 0 };
    bits | parity | stop | flow
}

fn put(termios: &mut Termios, at: usize, value: u32) {
    termios[at..at + 4].copy_from_slice(&value.to_ne_bytes());
}

fn word(termios: &Termios, at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&termios[at..at + 4]);
    u32::from_ne_bytes(bytes)
}
