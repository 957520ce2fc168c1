use super::Failure;
use busbar_core::link::DeviceKind;
use busbar_wamr::OpenBoard;
use busbar_wamr::abi::{IntoValue, Value};

/// Shows a text on the display "first", which a program in C does as well.
pub async fn show(board: &OpenBoard, text: &str) -> Result<(), Failure> {
    let display = board.device("first", DeviceKind::TextDisplay).await?;
    let place = || 0_u32.into_value();
    match display.call("[method]device.write", &[place(), place(), text.to_owned().into_value()]).await? {
        Some(Value::Variant(0, _)) => println!("{text}"),
        answer => return Err(format!("it answers {answer:?}").into()),
    }
    display.close().await?;
    Ok(())
}
