use crate::locked::locked;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use wasmtime::component::{Lift, Source, StreamConsumer, StreamReader, StreamResult};
use wasmtime::{AsContextMut, Result, StoreContextMut};

/// The end of a guest's stream that a program reads from: it takes an item when one is asked for, and not before, so that
/// the guest waits meanwhile. Dropping it closes the stream: the guest learns that when it writes, or waits in a write.
///
/// Items move only while the event loop of the guest's store runs.
pub(crate) struct Pump<Item> {
    shared: Arc<Mutex<Shared<Item>>>,
}

struct Shared<Item> {
    /// Whether the program waits for an item.
    is_wanted: bool,
    item: Option<Item>,
    /// Whether no more items come.
    has_ended: bool,
    /// Whether nobody wants any more.
    is_closed: bool,
    /// Who waits for an item.
    program: Option<Waker>,
    /// The guest, which waits until its item is taken.
    guest: Option<Waker>,
}

impl<Item> Pump<Item> {
    /// Takes over a stream of a guest.
    ///
    /// # Errors
    ///
    /// Where it is closed already.
    pub(crate) fn new(reader: StreamReader<Item>, store: impl AsContextMut) -> Result<Self>
    where
        Item: Lift + Send + Sync + 'static,
    {
        let shared =
            Shared { is_wanted: false, item: None, has_ended: false, is_closed: false, program: None, guest: None };
        let shared = Arc::new(Mutex::new(shared));
        reader.pipe(store, Consumer { shared: shared.clone() })?;
        Ok(Self { shared })
    }

    /// The next item; none once the guest has ended the stream.
    pub(crate) async fn next(&self) -> Option<Item> {
        std::future::poll_fn(|context| {
            let mut shared = locked(&self.shared);
            if let Some(item) = shared.item.take() {
                return Poll::Ready(Some(item));
            }
            if shared.has_ended {
                return Poll::Ready(None);
            }
            shared.is_wanted = true;
            shared.program = Some(context.waker().clone());
            wake(&mut shared.guest);
            Poll::Pending
        })
        .await
    }
}

impl<Item> Drop for Pump<Item> {
    fn drop(&mut self) {
        let mut shared = locked(&self.shared);
        shared.is_closed = true;
        wake(&mut shared.guest);
    }
}

/// What the store asks to take an item.
struct Consumer<Item> {
    shared: Arc<Mutex<Shared<Item>>>,
}

impl<Item: Lift + Send + Sync + 'static, State: 'static> StreamConsumer<State> for Consumer<Item> {
    type Item = Item;

    fn poll_consume(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<'_, State>,
        mut source: Source<'_, Item>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut shared = locked(&self.shared);
        if shared.is_closed {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        if !shared.is_wanted {
            if finish {
                return Poll::Ready(Ok(StreamResult::Cancelled));
            }
            shared.guest = Some(context.waker().clone());
            return Poll::Pending;
        }
        // Room for one, so that no more are taken of what a guest sends at once.
        source.read(store, &mut shared.item)?;
        // A guest may ask whether somebody reads, by sending none.
        if shared.item.is_some() {
            shared.is_wanted = false;
            wake(&mut shared.program);
        }
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// The store drops it when the guest ends its stream.
impl<Item> Drop for Consumer<Item> {
    fn drop(&mut self) {
        let mut shared = locked(&self.shared);
        shared.has_ended = true;
        wake(&mut shared.program);
    }
}

fn wake(waiting: &mut Option<Waker>) {
    if let Some(waker) = waiting.take() {
        waker.wake();
    }
}
