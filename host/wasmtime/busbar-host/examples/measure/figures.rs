//! Figures of the sensors of a board, whichever engine their drivers run in.

use super::Failure;
use super::system::{processor_us, proportional_kib};
use busbar_core::device::{OpenedSensor, OpensSensors};
use std::time::Instant;

/// So many readings are one figure; as many before it warm up.
const READINGS: u32 = 5_000;
/// The same, where a bus of the kernel takes its time.
const READINGS_OF_KERNEL: u32 = 100;

/// One figure of a board with these sensors.
pub async fn measure<B: OpensSensors>(what: &str, board: &B, names: &[String]) -> Result<f64, Failure> {
    let (first, others) = names.split_first().ok_or("the board has no device")?;
    let mut sensor = board.sensor(first).await?;
    sensor.read().await?;
    match what {
        "reading" => {
            read_often(&mut sensor).await?;
            let before = processor_us()?;
            read_often(&mut sensor).await?;
            Ok((processor_us()? - before) / f64::from(READINGS))
        }
        "instance" => {
            let before = processor_us()?;
            let _opened = open_all(board, others).await?;
            Ok((processor_us()? - before) / others.len() as f64)
        }
        "memory" => {
            let before = proportional_kib()?;
            let _opened = open_all(board, others).await?;
            Ok((proportional_kib()? - before) * 1024.0 / others.len() as f64)
        }
        "wall" => {
            let start = Instant::now();
            for _ in 0..READINGS_OF_KERNEL {
                sensor.read().await?;
            }
            Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(READINGS_OF_KERNEL))
        }
        _ => Err("measure reading, wall, instance, memory, echo or disk".into()),
    }
}

async fn read_often(sensor: &mut impl OpenedSensor) -> Result<(), Failure> {
    for _ in 0..READINGS {
        sensor.read().await?;
    }
    Ok(())
}

async fn open_all<B: OpensSensors>(board: &B, names: &[String]) -> Result<Vec<B::Sensor>, Failure> {
    let mut opened = Vec::new();
    for name in names {
        let mut sensor = board.sensor(name).await?;
        sensor.read().await?;
        opened.push(sensor);
    }
    Ok(opened)
}
