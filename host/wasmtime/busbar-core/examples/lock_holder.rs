//! For tests that let two processes meet: takes a lock, says so, and keeps it until its input ends.
//! `lock_holder FOLDER NAME [DEVICE [BOARD]]`

use busbar_core::locks::{DeviceLocks, LockUse};
use std::error::Error;
use std::io::{self, Read};

fn main() -> Result<(), Box<dyn Error>> {
    let mut parameters = std::env::args().skip(1);
    let folder = parameters.next().ok_or("the folder is missing")?;
    let name = parameters.next().ok_or("the name is missing")?;
    let usage = LockUse { device: parameters.next(), board: parameters.next() };
    let _lock = match DeviceLocks::new(vec![folder.into()]).take(&name, &usage) {
        Ok(lock) => lock,
        Err(holder) => {
            println!("used by {holder}");
            return Ok(());
        }
    };
    println!("ready");
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
