//! For tools/lab, which has USB devices of a kernel: `usb_lab SCENARIO BOARD`. The drivers of the board have to be compiled
//! before, into `$XDG_CACHE_HOME`.
//!
//! Prints a line for each step, and "event DEVICE TURN: WHY" for each turn in a driver's life; what fails is "failed: WHY".
//! Where a scenario has to be told to go on, it reads a line.

mod lab;

use busbar_host::board::{Board, UsbGrant, read_board};
use busbar_host::bus::Backends;
use busbar_host::bus::usb::libusb::Libusb;
use busbar_host::bus::usb::{
    ClaimingHandle, EndpointDescriptor, UsbDevice, UsbHub, UsbPacketStatus, UsbTransferKind, UsbTransferRequest,
    UsbTransferResult,
};
use busbar_host::cache::CodeStore;
use busbar_host::components::{InstalledComponents, NoCompiler};
use busbar_host::device::{CameraEncoding, CameraMode, DeviceErrorCode, HidReportKind, UsbEchoPipe};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::instance::BoardFailure;
use busbar_host::{OpenBoard, OpenOptions};
use lab::{parameters, pattern, print_event};
use std::error::Error;
use std::io::{BufRead, stdin};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (scenario, path) = parameters()?;
    let board = read_board(Path::new(&path))?;
    let outcome = match scenario.as_str() {
        "isochronous" => isochronous(&board, &path).await,
        "bulk" => bulk(&board, &path).await,
        "timeouts" => timeouts(&board, &path).await,
        "streams" => streams(&board, &path).await,
        _ => with_drivers(&scenario, board, &path).await,
    };
    if let Err(error) = &outcome {
        println!("failed: {error}");
    }
    outcome
}

async fn with_drivers(scenario: &str, board: Board, path: &str) -> Outcome {
    let store = CodeStore::of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let folder = Path::new(".");
    let components = InstalledComponents { folder, store: &store, compile: &NoCompiler };
    let board = OpenBoard::open(
        board,
        OpenOptions {
            buses: Backends::default(),
            usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
            machine: Machine::new(Addresses::Plenty)?,
            components: &components,
            folder,
            file: None,
            kept: Vec::new(),
            listener: Arc::new(print_event),
        },
    )?;
    let outcome = match scenario {
        "echo" => echo(&board).await,
        "unplug" => unplug(&board).await,
        "hid" => hid(&board).await,
        "serial" => serial(&board).await,
        "disk" => disk(&board).await,
        "camera" => camera(&board, Path::new(path)).await,
        _ => Err(format!("there is no scenario {scenario}").into()),
    };
    board.close().await;
    println!("closed");
    outcome
}

async fn echo(board: &OpenBoard) -> Outcome {
    let echo = board.usb_echo("echo").await?;
    let info = echo.info();
    let pipe = *info.pipes.first().ok_or("it has no pipe")?;
    let name = if pipe == UsbEchoPipe::Bulk { "bulk" } else { "interrupt" };
    println!("info {:#06x}:{:#06x} {} {name}", info.vendor_id, info.product_id, info.serial_number);
    let lengths: &[usize] = match pipe {
        UsbEchoPipe::Bulk => &[1, 100, 512, 513, 4096, 5000, 65_536],
        UsbEchoPipe::Interrupt => &[64],
    };
    for length in lengths {
        let data = pattern(*length);
        let back = echo.round_trip(pipe, &data).await?;
        println!("{} {length}", if back == data { "same" } else { "other" });
    }
    let (length, count) = if pipe == UsbEchoPipe::Bulk { (512, 200) } else { (64, 50) };
    let start = Instant::now();
    echo.run(pipe, length, count).await?;
    eprintln!("{count} round trips of {length} bytes in {:?}", start.elapsed());
    println!("ran");
    echo.close().await?;
    Ok(())
}

/// The device is pulled out while transfers are under way, and plugged in again.
async fn unplug(board: &OpenBoard) -> Outcome {
    let echo = board.usb_echo("echo").await?;
    echo.round_trip(UsbEchoPipe::Bulk, &pattern(512)).await?;
    println!("running");
    let ended = echo.run(UsbEchoPipe::Bulk, 4096, 1_000_000).await.err().ok_or("it went on without its device")?;
    println!("ended {}", ended.code.name());
    let again = loop {
        match board.usb_echo("echo").await {
            Ok(echo) => break echo,
            // Until the kernel has told us that the device left, it is still the old one's driver that answers.
            Err(BoardFailure::Device(error)) if error.code == DeviceErrorCode::Disconnected => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    again.run(UsbEchoPipe::Bulk, 512, 50).await?;
    println!("works again");
    again.close().await?;
    Ok(())
}

/// Pictures of the first mode of each encoding, as files beside the board: "mjpeg-0", "yuy2-3" with their numbers.
async fn camera(board: &OpenBoard, path: &Path) -> Outcome {
    let camera = board.camera("webcam").await?;
    let info = camera.info();
    println!("info {:#06x}:{:#06x} {}", info.vendor_id, info.product_id, info.serial_number);
    for CameraMode { encoding, width, height, interval_ms } in camera.modes() {
        println!("mode {encoding:?} {width}x{height} {interval_ms} ms");
    }
    for (wanted, name) in [(CameraEncoding::Mjpeg, "mjpeg"), (CameraEncoding::Yuy2, "yuy2")] {
        let Some(mode) = camera.modes().iter().position(|mode| mode.encoding == wanted) else { continue };
        camera.start(u32::try_from(mode)?).await?;
        for _ in 0..8 {
            let timeout = Some(Duration::from_secs(60));
            let frame = camera.next_frame(timeout).await?.ok_or("no picture came")?;
            std::fs::write(path.with_file_name(format!("{name}-{}", frame.sequence)), &frame.data)?;
        }
        camera.stop().await?;
        println!("took {name}");
    }
    camera.close().await?;
    Ok(())
}

async fn hid(board: &OpenBoard) -> Outcome {
    let keys = board.hid("keys").await?;
    println!("descriptor {} fields {}", keys.report_descriptor().len(), keys.fields().len());
    // A read that waits gives way to what does something.
    let start = Instant::now();
    let (report, idle) = tokio::join!(keys.read(Some(Duration::from_millis(3000))), keys.idle_ms(0));
    println!("nothing {} idle {} {}", report?.is_none(), idle.is_ok(), start.elapsed() > Duration::from_millis(2900));
    println!("ready");
    let report = keys.read(Some(Duration::from_secs(60))).await?.ok_or("no report came")?;
    let pressed: Vec<String> = report
        .values
        .iter()
        .filter(|value| value.number.is_some_and(|number| number != 0.0))
        .map(|value| format!("{:#010x}", value.usage))
        .collect();
    println!("report {}", pressed.join(" "));
    let raw = keys.read_raw(Some(Duration::from_secs(60))).await?.ok_or("no report came")?;
    println!("raw {:?}", raw.data);
    let light = keys.fields().iter().position(|field| field.kind == HidReportKind::Output).ok_or("it has no lights")?;
    let usage = keys.fields()[light].usages.first().ok_or("the lights have no usage")?.minimum;
    let value = busbar_host::device::HidValue { field: u32::try_from(light)?, usage, number: Some(1.0) };
    keys.send(HidReportKind::Output, &[value]).await?;
    println!("sent");
    wait_for_line()?;
    keys.close().await?;
    Ok(())
}

async fn serial(board: &OpenBoard) -> Outcome {
    let port = board.serial_port("console").await?;
    let settings = port.line_settings().await?;
    println!("line {} {}", settings.baud_rate, settings.data_bits);
    println!("ready");
    let mut received = Vec::new();
    while !received.ends_with(b"\n") {
        received.extend(port.read(65_536, Some(Duration::from_secs(60))).await?);
    }
    println!("received {}", String::from_utf8_lossy(&received).trim_end());
    // Reading and writing at the same time.
    let text = "from the host ".repeat(1000) + "\n";
    let (written, more) = tokio::join!(port.write(text.as_bytes()), port.read(10, Some(Duration::from_millis(300))));
    written?;
    println!("meanwhile {}", more?.len());
    port.drain().await?;
    println!("written");
    wait_for_line()?;
    port.close().await?;
    Ok(())
}

async fn disk(board: &OpenBoard) -> Outcome {
    let stick = board.block_device("stick").await?;
    let info = stick.info().await?;
    println!("disk {} {} {}", info.vendor, info.block_size, info.block_count);
    let first = stick.read(0, 1).await?;
    println!("first {:?}", &first[..4]);
    let longest = info.maximum_transfer_blocks.min(128);
    let data = pattern(longest as usize * info.block_size as usize);
    stick.write(100, &data).await?;
    stick.flush().await?;
    println!("{}", if stick.read(100, longest).await? == data { "same" } else { "other" });
    let past = stick.read(info.block_count, 1).await.err().ok_or("it read past its end")?;
    println!("past the end {}", past.code.name());
    stick.close().await?;
    Ok(())
}

/// The device of the entry "raw", opened without a driver.
struct Raw {
    device: Arc<dyn UsbDevice>,
    handle: ClaimingHandle,
    interface: u8,
    /// It serves the device as long as it lives.
    _hub: Arc<UsbHub>,
}

impl Raw {
    async fn open(board: &Board, path: &str) -> Result<Self, Box<dyn Error>> {
        let grant: &UsbGrant =
            board.device("raw").and_then(|entry| entry.usb.as_ref()).ok_or("there is no such entry")?;
        let interface = *grant.interfaces.as_deref().unwrap_or_default().first().ok_or("it has no interface")?;
        let hub = UsbHub::new(vec![Arc::new(Libusb::new(Some(path.to_owned())))]);
        let device = hub.add_slot("raw", grant).find(|reason| println!("waiting: {reason}")).await?;
        let opened = device.open().await.map_err(|failure| format!("{failure:?}"))?;
        let handle = ClaimingHandle::new(opened);
        handle.claim(interface)?;
        Ok(Self { device, handle, interface, _hub: hub })
    }

    /// The endpoints of a type (bmAttributes, bits 1 to 0) in a setting.
    fn endpoints(&self, setting: u8, kind: u8) -> Vec<EndpointDescriptor> {
        let settings = self.device.configurations().iter().flatten().flat_map(|each| &each.interfaces);
        let found =
            settings.filter(|each| each.interface_number == self.interface && each.alternate_setting == setting);
        found.flat_map(|each| &each.endpoints).filter(|each| each.attributes & 3 == kind).cloned().collect()
    }

    async fn transfer(&self, request: UsbTransferRequest) -> Result<UsbTransferResult, Box<dyn Error>> {
        let transfer = self.handle.submit(request)?;
        transfer.ended().await;
        Ok(transfer.take_outcome().ok_or("it has no outcome")??)
    }
}

/// Isochronous packets to a device whose setting 1 takes them.
async fn isochronous(board: &Board, path: &str) -> Outcome {
    let raw = Raw::open(board, path).await?;
    raw.handle.opened()?.set_alternate_setting(raw.interface, 1).await?;
    let endpoint = raw.endpoints(1, 1).into_iter().next().ok_or("it has no isochronous endpoint")?;
    let (packets, length) = (8, usize::from(endpoint.max_packet_size & 0x7ff));
    for _ in 0..10 {
        let result = raw
            .transfer(UsbTransferRequest {
                kind: UsbTransferKind::Isochronous { packets },
                endpoint: endpoint.endpoint_address,
                data: vec![0; length * packets as usize],
                length: 0,
                timeout_ms: 10_000,
            })
            .await?;
        let good = result.packets.iter().filter(|packet| packet.status == UsbPacketStatus::Success).count();
        println!("{good} of {packets} packets, {} bytes each", result.actual_length / packets as usize);
    }
    raw.handle.close().await;
    println!("closed");
    Ok(())
}

/// Source and sink of the kernel, f_sourcesink.c: a source that always has something.
async fn bulk(board: &Board, path: &str) -> Outcome {
    let raw = Raw::open(board, path).await?;
    let source = raw.endpoints(0, 2).into_iter().find(|each| each.endpoint_address & 0x80 != 0).ok_or("no source")?;
    let request = UsbTransferRequest {
        kind: UsbTransferKind::Bulk { stream_id: 0 },
        endpoint: source.endpoint_address,
        data: Vec::new(),
        length: 16_384,
        timeout_ms: 0,
    };
    let result = raw.transfer(request.clone()).await?;
    println!("read {} zeros {}", result.data.len(), result.data.iter().all(|byte| *byte == 0));
    let streams = raw.handle.opened()?.alloc_streams(4, &[source.endpoint_address]);
    println!("streams {:?}", streams.err().map(|error| error.code));
    raw.handle.close().await;
    let closed = raw.handle.submit(request).err().map(|error| error.code);
    println!("closed {closed:?}");
    Ok(())
}

/// Commands to QEMU's disk with UAS, which answers each on the bulk stream of its tag: "USB Attached SCSI" 1.0.
async fn streams(board: &Board, path: &str) -> Outcome {
    // hw/usb/dev-uas.c: the pipes for commands, statuses, and data in both directions.
    let (commands, statuses, data_in, data_out) = (0x01, 0x82, 0x83, 0x04);
    const TAGS: [u8; 2] = [1, 2];
    let raw = Raw::open(board, path).await?;
    let given = raw.handle.opened()?.alloc_streams(4, &[statuses, data_in, data_out])?;
    println!("streams {}", given >= 4);
    let read = |endpoint, tag: u8, length| {
        let kind = UsbTransferKind::Bulk { stream_id: tag.into() };
        raw.handle.submit(UsbTransferRequest { kind, endpoint, data: Vec::new(), length, timeout_ms: 10_000 })
    };
    let mut waiting = Vec::new();
    for tag in TAGS {
        waiting.push((tag, read(data_in, tag, 36)?, read(statuses, tag, 64)?));
    }
    // The later stream is asked first: what comes for it does not end what waits on the other.
    for tag in TAGS.into_iter().rev() {
        let mut command = vec![0; 32];
        command[0] = 1; // COMMAND IU: table 11
        command[3] = tag;
        command[16..22].copy_from_slice(&[0x12, 0, 0, 0, 36, 0]); // INQUIRY: SPC-4 section 6.4
        let kind = UsbTransferKind::Bulk { stream_id: 0 };
        let request = UsbTransferRequest { kind, endpoint: commands, data: command, length: 0, timeout_ms: 10_000 };
        raw.transfer(request).await?;
        let index = waiting.iter().position(|each| each.0 == tag).ok_or("nothing waits")?;
        let (_, data, status) = waiting.remove(index);
        data.ended().await;
        status.ended().await;
        let data = data.take_outcome().ok_or("it has no outcome")??.data;
        let status = status.take_outcome().ok_or("it has no outcome")??.data;
        let vendor = data.get(8..16).map(String::from_utf8_lossy).unwrap_or_default();
        // SENSE IU: its ID, its tag, and the status of the command. Table 13.
        println!("stream {tag}: {} status {:?}", vendor.trim_end(), [status[0], status[3], status[6]]);
        println!("{} under way", waiting.iter().filter(|each| !each.1.has_ended() && !each.2.has_ended()).count());
    }
    let none = read(data_in, 200, 36).err().map(|error| error.code);
    println!("another stream {none:?}");
    raw.handle.opened()?.free_streams(&[statuses, data_in, data_out])?;
    raw.handle.close().await;
    println!("closed");
    Ok(())
}

/// Reads of a keyboard on which nobody types end in their time, which libusb's timer counts.
async fn timeouts(board: &Board, path: &str) -> Outcome {
    let raw = Raw::open(board, path).await?;
    let source = raw.endpoints(0, 3).into_iter().find(|each| each.endpoint_address & 0x80 != 0).ok_or("no source")?;
    for timeout_ms in [1, 100, 500] {
        let start = Instant::now();
        let request = UsbTransferRequest {
            kind: UsbTransferKind::Interrupt,
            endpoint: source.endpoint_address,
            data: Vec::new(),
            length: source.max_packet_size.into(),
            timeout_ms,
        };
        let transfer = raw.handle.submit(request)?;
        transfer.ended().await;
        let error = transfer.take_outcome().ok_or("it has no outcome")?.err().ok_or("something came")?;
        let took = start.elapsed().as_millis();
        println!("{:?} {}", error.code, took >= timeout_ms.into() && took < u128::from(timeout_ms) + 200);
    }
    let request = UsbTransferRequest {
        kind: UsbTransferKind::Interrupt,
        endpoint: source.endpoint_address,
        data: Vec::new(),
        length: source.max_packet_size.into(),
        timeout_ms: 0,
    };
    let transfers: Vec<_> = (0..64).map(|_| raw.handle.submit(request.clone())).collect::<Result<_, _>>()?;
    transfers.iter().step_by(2).for_each(|transfer| transfer.cancel());
    for transfer in transfers.iter().step_by(2) {
        transfer.ended().await;
    }
    println!("{} of {} are under way", transfers.iter().filter(|each| !each.has_ended()).count(), transfers.len());
    // Closing ends those that are left.
    raw.handle.close().await;
    let mut ends = std::collections::BTreeSet::new();
    for transfer in transfers {
        let outcome = transfer.take_outcome().ok_or("it has no outcome")?;
        ends.insert(outcome.map_or_else(|error| format!("{:?}", error.code), |_| "finished".to_owned()));
    }
    println!("{ends:?}");
    println!("closed");
    Ok(())
}

/// Waits, with the drivers of this thread, until the test has looked.
fn wait_for_line() -> Outcome {
    stdin().lock().read_line(&mut String::new())?;
    Ok(())
}
