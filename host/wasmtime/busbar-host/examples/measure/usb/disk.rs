//! A disk by bulk-only transport, as a function of a model, and what a program without components writes to read it. "USB
//! Mass Storage Class, Bulk-Only Transport" 1.0; commands of SPC-4 and SBC-3.

use super::device::{Function, IN, InterfaceClass, OUT};
use super::{Failure, Reading, transfer};
use busbar_host::bus::usb::{UsbHandle, UsbTransfer};
use std::collections::VecDeque;
use std::sync::Arc;

/// Mass storage, SCSI transparent, bulk-only: "Mass Storage Class Specification Overview" 1.4, tables 1 to 3.
pub const CLASS: InterfaceClass = [0x08, 0x06, 0x50];
pub const BLOCK_BYTES: u32 = 512;
const BLOCKS: u32 = 256 << 20 >> 9;

const COMMAND_SIGNATURE: [u8; 4] = *b"USBC";
const STATUS_SIGNATURE: [u8; 4] = *b"USBS";
/// A whole packet, as the driver asks for.
const STATUS_LENGTH: u32 = 512;

const READ_10: u8 = 0x28;

/// A disk of 256 MiB without content.
pub fn disk() -> Function {
    Box::new(|wrapper| {
        // BOT table 5.1: dCBWTag, dCBWDataTransferLength, CBWCB.
        let [tag, length] = [4, 8].map(|at| [wrapper[at], wrapper[at + 1], wrapper[at + 2], wrapper[at + 3]]);
        let length = u32::from_le_bytes(length) as usize;
        let beginning = answer(&wrapper[15..]);
        // As a block: a release, which is built for size, would fill byte by byte what is resized.
        let mut data = vec![0; length.max(beginning.len())];
        data[..beginning.len()].copy_from_slice(&beginning);
        data.truncate(length);
        let status = [&STATUS_SIGNATURE[..], &tag, &[0; 5]].concat();
        if length == 0 { vec![status] } else { vec![data, status] }
    })
}

/// The beginning of what a command brings; the rest is zeros.
fn answer(block: &[u8]) -> Vec<u8> {
    match block[0] {
        // INQUIRY, SPC-4 section 6.4.2: a disk that stays in, of SPC-4.
        0x12 => [&[0, 0, 6, 2, 31, 0, 0, 0][..], b"Busbar  ", b"Model           ", b"1   "].concat(),
        // READ CAPACITY (10), SBC-3 section 5.16.2: the last block, and how long one is.
        0x25 => [(BLOCKS - 1).to_be_bytes(), BLOCK_BYTES.to_be_bytes()].concat(),
        // MODE SENSE (6), SPC-4 section 7.5.5: no pages.
        0x1a => vec![3, 0, 0, 0],
        _ => Vec::new(),
    }
}

/// Reads as the driver does: command, data and status together.
pub async fn read_plainly(handle: &dyn UsbHandle, first_block: u32, reading: Reading) -> Result<(), Failure> {
    let Reading { total, piece, queue } = reading;
    let mut under_way: VecDeque<[Arc<UsbTransfer>; 3]> = VecDeque::new();
    let (mut next, mut done) = (0, 0);
    while done < total {
        while under_way.len() < queue && next < total {
            let command = read_command(first_block + next / BLOCK_BYTES, piece);
            under_way.push_back([
                handle.submit(transfer(OUT, command, 0))?,
                handle.submit(transfer(IN, Vec::new(), piece))?,
                handle.submit(transfer(IN, Vec::new(), STATUS_LENGTH))?,
            ]);
            next += piece;
        }
        let [command, data, status] = under_way.pop_front().ok_or("nothing is under way")?;
        super::outcome(&command).await?;
        let data = super::outcome(&data).await?;
        let status = super::outcome(&status).await?;
        if data.len() != piece as usize || status.get(12) != Some(&0) {
            return Err("the disk failed a command".into());
        }
        done += piece;
    }
    Ok(())
}

/// READ (10) of so many bytes, SBC-3 section 5.11, in its wrapper.
fn read_command(first_block: u32, length: u32) -> Vec<u8> {
    let [_, _, count_high, count_low] = (length / BLOCK_BYTES).to_be_bytes();
    let [b0, b1, b2, b3] = first_block.to_be_bytes();
    let block = [READ_10, 0, b0, b1, b2, b3, 0, count_high, count_low, 0, 0, 0, 0, 0, 0, 0];
    [&COMMAND_SIGNATURE[..], &first_block.to_le_bytes(), &length.to_le_bytes(), &[IN & 0x80, 0, 10], &block].concat()
}
