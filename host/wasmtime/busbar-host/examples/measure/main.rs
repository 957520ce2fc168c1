//! For `pnpm bench wasmtime` and `pnpm bench usb --native`: figures of this host on stdout. The drivers of the board have to be
//! compiled before, into `$XDG_CACHE_HOME`.
//!
//! A number, of a board with sensors: `measure reading BOARD` gives the processor time of a reading of the device "first" in
//! microseconds, `measure wall BOARD` how long one takes; `measure instance BOARD` the processor time of a further instance to
//! its first reading; `measure memory BOARD` the bytes of memory that each further instance takes.
//!
//! `measure show BOARD` writes 1234 on the display "first", and says so.
//!
//! A line of JSON, of a board with a device "usb": `measure echo BOARD` times round trips of 32 bytes, `measure disk BOARD KIB
//! QUEUE` sequential reads; each on a device that the kernel has, or with MB/S as a last parameter beside the same transfers
//! without a component on a device in memory of that speed, "inf" for one that takes no time.

mod board;
mod figures;
mod sensor;
mod system;
mod usb;

use std::path::Path;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, board, parameters @ ..] = arguments.as_slice() else {
        return Err("give what to measure, and a board".into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let board = Path::new(board);
    runtime.block_on(async {
        match what.as_str() {
            "echo" | "disk" => usb::measure(what, board, parameters).await,
            "show" => sensor::show(board, "1234").await,
            _ => sensor::measure(what, board).await.map(|figure| println!("{figure}")),
        }
    })
}
