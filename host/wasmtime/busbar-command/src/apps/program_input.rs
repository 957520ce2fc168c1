use busbar_core::app::TakeInput;
use std::io::Read;
use std::pin::Pin;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// The most bytes of one read.
const CHUNK: usize = 64 << 10;

/// This command's standard input, for the one app that is let read it. Nothing is read before the app asks for it; a thread
/// of its own waits for what comes.
#[derive(Default)]
pub struct ProgramInput {
    reader: Option<mpsc::Sender<oneshot::Sender<Option<Vec<u8>>>>>,
}

impl TakeInput for ProgramInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>> {
        Box::pin(async {
            let (answer, chunk) = oneshot::channel();
            let reader = self.reader.get_or_insert_with(start_reader);
            reader.send(answer).ok()?;
            chunk.await.ok().flatten()
        })
    }
}

fn start_reader() -> mpsc::Sender<oneshot::Sender<Option<Vec<u8>>>> {
    let (sender, requests) = mpsc::channel::<oneshot::Sender<Option<Vec<u8>>>>();
    std::thread::spawn(move || {
        for request in requests {
            // Nobody waits any more where the app has ended.
            let _ = request.send(read());
        }
    });
    sender
}

/// What cannot be read is at its end.
fn read() -> Option<Vec<u8>> {
    let mut chunk = vec![0; CHUNK];
    let length = std::io::stdin().lock().read(&mut chunk).ok().filter(|length| *length > 0)?;
    chunk.truncate(length);
    Some(chunk)
}
