//! For tools/lab, which has USB devices of a kernel: `usb_lab SCENARIO BOARD`, of a device "echo", for which no app can ask. The
//! drivers of the board have to be flattened before, into `$XDG_CACHE_HOME`.
//!
//! Prints the lines of busbar-host's example of that name.

#[path = "../../../wasmtime/busbar-host/examples/lab/mod.rs"]
mod lab;

use busbar_core::app::RunsApps;
use busbar_core::bus::Backends;
use busbar_core::bus::usb::libusb::Libusb;
use busbar_core::device::{DeviceError, DeviceErrorCode};
use busbar_core::failure::BoardFailure;
use busbar_core::link::DeviceKind;
use busbar_wamr::abi::Value;
use busbar_wamr::board::{folder_of_board, read_board};
use busbar_wamr::device::{OpenedDevice, answered, device_error};
use busbar_wamr::engine::code_of_user;
use busbar_wamr::{OpenBoard, OpenOptions};
use lab::{parameters, pattern, print_event};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

type Outcome = Result<(), Box<dyn Error>>;

const ECHO: &str = "echo";
/// busbar:device/usb-echo `pipe`: bulk.
const BULK: u32 = 0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (scenario, path) = parameters()?;
    let outcome = with_drivers(&scenario, &path).await;
    if let Err(error) = &outcome {
        println!("failed: {error}");
    }
    outcome
}

async fn with_drivers(scenario: &str, path: &str) -> Outcome {
    let file = Path::new(path);
    let kept = code_of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let options = OpenOptions {
        buses: Backends::default(),
        usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
        listener: Arc::new(print_event),
        folder: folder_of_board(file),
        file: Some(file),
        kept: &kept,
    };
    let board = OpenBoard::open(read_board(file)?, &options)?;
    let outcome = match scenario {
        "echo" => echo(&board).await,
        "unplug" => unplug(&board).await,
        _ => Err(format!("there is no scenario {scenario}").into()),
    };
    board.close().await;
    println!("closed");
    outcome
}

async fn echo(board: &OpenBoard) -> Outcome {
    let echo = board.device(ECHO, DeviceKind::UsbEcho).await?;
    let Some(Value::Record(info)) = echo.property("[method]device.info") else {
        return Err("it says nothing of itself".into());
    };
    let [Value::Unsigned(vendor), Value::Unsigned(product), _, _, Value::String(serial), Value::List(pipes)] =
        info.as_slice()
    else {
        return Err(format!("it says {info:?} of itself").into());
    };
    if pipes.as_slice() != [Value::case(BULK)] {
        return Err(format!("it has the pipes {pipes:?}").into());
    }
    println!("info {vendor:#06x}:{product:#06x} {serial} bulk");
    for length in [1, 100, 512, 513, 4096, 5000, 65_536] {
        let data = pattern(length);
        let back = round_trip(&echo, &data).await?;
        println!("{} {length}", if back == data { "same" } else { "other" });
    }
    run(&echo, 512, 10).await?;
    println!("ran");
    echo.close().await?;
    Ok(())
}

/// The device is pulled out while transfers are under way, and plugged in again.
async fn unplug(board: &OpenBoard) -> Outcome {
    let echo = board.device(ECHO, DeviceKind::UsbEcho).await?;
    round_trip(&echo, &pattern(512)).await?;
    println!("running");
    let ended = run(&echo, 4096, 1_000_000).await.err().ok_or("it went on without its device")?;
    println!("ended {}", ended.code.name());
    let again = loop {
        match board.device(ECHO, DeviceKind::UsbEcho).await {
            Ok(echo) => break echo,
            // Until the kernel has told us that the device left, it is still the old one's driver that answers.
            Err(BoardFailure::Device(error)) if error.code == DeviceErrorCode::Disconnected => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    run(&again, 512, 10).await?;
    println!("works again");
    again.close().await?;
    Ok(())
}

async fn round_trip(echo: &OpenedDevice, data: &[u8]) -> Result<Vec<u8>, DeviceError> {
    let parameters = [Value::case(BULK), Value::Bytes(data.to_vec())];
    answered(ECHO, echo.call("[method]device.round-trip", &parameters).await?)
}

async fn run(echo: &OpenedDevice, length: u64, count: u64) -> Result<(), DeviceError> {
    let parameters = [Value::case(BULK), Value::Unsigned(length), Value::Unsigned(count)];
    match echo.call("[method]device.run", &parameters).await? {
        Some(Value::Variant(0, None)) => Ok(()),
        Some(Value::Variant(1, Some(error))) => Err(device_error(ECHO, *error)
            .unwrap_or_else(|| DeviceError::protocol(ECHO, "the driver answers with an error that is none"))),
        _ => Err(DeviceError::protocol(ECHO, "the driver answers nothing")),
    }
}
