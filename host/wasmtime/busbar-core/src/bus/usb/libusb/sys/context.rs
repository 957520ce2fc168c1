use super::device::DeviceRef;
use super::transfer::InFlight;
use super::{ErrorNumber, checked};
use crate::locked::locked;
use libusb1_sys as ffi;
use libusb1_sys::constants as c;
use std::ffi::{c_int, c_short, c_void};
use std::io;
use std::mem::take;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr::{NonNull, null, null_mut};
use std::sync::{Arc, Mutex, Weak};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;

/// A device that came or went.
pub(in crate::bus::usb::libusb) struct HotplugEvent {
    pub(in crate::bus::usb::libusb) arrived: bool,
    pub(in crate::bus::usb::libusb) device: DeviceRef,
}

/// What libusb's callbacks leave for after they have returned: in them nothing of libusb may be closed or freed.
#[derive(Default)]
pub(super) struct Left {
    ended: Mutex<Vec<InFlight>>,
    /// Each with a reference of its own.
    hotplug: Mutex<Vec<(bool, DevicePointer)>>,
}

struct DevicePointer(NonNull<ffi::libusb_device>);

// SAFETY: a reference to a device may be used and given up from any thread; libusb counts them atomically.
unsafe impl Send for DevicePointer {}

/// A session with libusb: `libusb_context`.
pub(in crate::bus::usb::libusb) struct Context {
    pointer: NonNull<ffi::libusb_context>,
    hotplug: Option<c_int>,
    /// Its address is libusb's `user_data`, so it stays where it is until libusb is gone.
    left: Arc<Left>,
    /// All files that libusb waits for, in one epoll instance.
    files: Arc<OwnedFd>,
    /// Dropped with this, which ends the task that serves it.
    _alive: oneshot::Sender<()>,
}

// SAFETY: libusb's contexts may be used from any thread; nothing else in here is bound to one.
unsafe impl Send for Context {}
// SAFETY: likewise; libusb locks for itself.
unsafe impl Sync for Context {}

/// What the task that serves a context needs: it must not keep it from ending.
pub(in crate::bus::usb::libusb) struct Events {
    context: Weak<Context>,
    files: Arc<OwnedFd>,
    ended: oneshot::Receiver<()>,
}

impl Context {
    /// Begins a session. Its events are to be served by [`watch_events`].
    pub(in crate::bus::usb::libusb) fn new() -> Result<(Arc<Self>, Events), ErrorNumber> {
        let other = |_: io::Error| ErrorNumber(c::LIBUSB_ERROR_OTHER);
        // SAFETY: epoll_create1 takes a number.
        let descriptor = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if descriptor < 0 {
            return Err(other(io::Error::last_os_error()));
        }
        // SAFETY: the kernel has just given it to us, and nobody else has it.
        let files = Arc::new(unsafe { OwnedFd::from_raw_fd(descriptor) });
        let mut pointer = null_mut();
        // SAFETY: `pointer` is where libusb writes the new context.
        checked(unsafe { ffi::libusb_init(&mut pointer) })?;
        let pointer = NonNull::new(pointer).ok_or(ErrorNumber(c::LIBUSB_ERROR_OTHER))?;
        let (alive, ended) = oneshot::channel();
        let mut context = Self { pointer, hotplug: None, left: Arc::default(), files: files.clone(), _alive: alive };
        context.follow_files()?;
        context.register_hotplug()?;
        let context = Arc::new(context);
        let events = Events { context: Arc::downgrade(&context), files, ended };
        Ok((context, events))
    }

    /// The devices that are plugged in.
    pub(in crate::bus::usb::libusb) fn devices(self: &Arc<Self>) -> Result<Vec<DeviceRef>, ErrorNumber> {
        let mut list = null();
        // SAFETY: the context is alive, and `list` is where libusb writes the list.
        let length = unsafe { ffi::libusb_get_device_list(self.pointer.as_ptr(), &mut list) };
        let length = usize::try_from(length).map_err(|_| ErrorNumber(i32::try_from(length).unwrap_or(-99)))?;
        let mut devices = Vec::with_capacity(length);
        for index in 0..length {
            // SAFETY: the list has so many devices, each alive as long as the list is.
            let device = unsafe { *list.add(index) };
            if let Some(device) = NonNull::new(device) {
                // SAFETY: it is alive, and `DeviceRef` gives up the reference that it is given here.
                unsafe { ffi::libusb_ref_device(device.as_ptr()) };
                devices.push(DeviceRef::owning(device, self.clone()));
            }
        }
        // SAFETY: it is the list that libusb gave; 1 gives up the list's own references.
        unsafe { ffi::libusb_free_device_list(list, 1) };
        Ok(devices)
    }

    pub(super) fn left(&self) -> Arc<Left> {
        self.left.clone()
    }

    /// Lets libusb look at what has happened, without waiting, and then does what its callbacks left to be done.
    fn handle_events(self: &Arc<Self>, on_hotplug: &(dyn Fn(HotplugEvent) + Send + Sync)) {
        let at_once = libc::timeval { tv_sec: 0, tv_usec: 0 };
        // SAFETY: the context is alive; the time is read before it returns. What fails in it is told by the transfers
        // and by the next call.
        unsafe { ffi::libusb_handle_events_timeout_completed(self.pointer.as_ptr(), &at_once, null_mut()) };
        for ended in take(&mut *locked(&self.left.ended)) {
            ended.finish();
        }
        for (arrived, DevicePointer(device)) in take(&mut *locked(&self.left.hotplug)) {
            on_hotplug(HotplugEvent { arrived, device: DeviceRef::owning(device, self.clone()) });
        }
    }

    /// Has libusb keep the epoll instance up to date, and adds what it waits for already.
    fn follow_files(&self) -> Result<(), ErrorNumber> {
        // SAFETY: the context is alive.
        if unsafe { ffi::libusb_pollfds_handle_timeouts(self.pointer.as_ptr()) } == 0 {
            // Without timerfd, which Linux has had since 2.6.25, nobody would end a transfer in time.
            return Err(ErrorNumber(c::LIBUSB_ERROR_NOT_SUPPORTED));
        }
        let user_data = self.files.as_raw_fd() as usize as *mut c_void;
        // SAFETY: both callbacks take `user_data` for the number that it is; they are taken away before the file is closed.
        unsafe {
            ffi::libusb_set_pollfd_notifiers(self.pointer.as_ptr(), Some(file_added), Some(file_removed), user_data);
        }
        // SAFETY: the context is alive.
        let files = unsafe { ffi::libusb_get_pollfds(self.pointer.as_ptr()) };
        if files.is_null() {
            return Err(ErrorNumber(c::LIBUSB_ERROR_NO_MEM));
        }
        let mut index = 0;
        // SAFETY: the list ends with a null pointer, and all before it point to files.
        while let Some(file) = unsafe { (*files.add(index)).as_ref() } {
            add_file(self.files.as_raw_fd(), file.fd, file.events);
            index += 1;
        }
        // SAFETY: it is the list that libusb gave, and nothing points into it any more.
        unsafe { ffi::libusb_free_pollfds(files) };
        Ok(())
    }

    fn register_hotplug(&mut self) -> Result<(), ErrorNumber> {
        let mut number = 0;
        let events = c::LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | c::LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
        let any = c::LIBUSB_HOTPLUG_MATCH_ANY;
        let left = Arc::as_ptr(&self.left).cast_mut().cast::<c_void>();
        // SAFETY: the context is alive; `left` is a `Left`, which lives until the callback was taken away in `drop`.
        let answer = unsafe {
            ffi::libusb_hotplug_register_callback(
                self.pointer.as_ptr(),
                events,
                c::LIBUSB_HOTPLUG_NO_FLAGS,
                any,
                any,
                any,
                device_changed,
                left,
                &mut number,
            )
        };
        checked(answer)?;
        self.hotplug = Some(number);
        Ok(())
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let pointer = self.pointer.as_ptr();
        if let Some(number) = self.hotplug {
            // SAFETY: the context is alive, and the callback is its own.
            unsafe { ffi::libusb_hotplug_deregister_callback(pointer, number) };
        }
        for (_, DevicePointer(device)) in take(&mut *locked(&self.left.hotplug)) {
            // SAFETY: the callback took a reference for us.
            unsafe { ffi::libusb_unref_device(device.as_ptr()) };
        }
        // SAFETY: no device, no handle and no transfer is left: each of them holds this context.
        unsafe {
            ffi::libusb_set_pollfd_notifiers(pointer, None, None, null_mut());
            ffi::libusb_exit(pointer);
        }
    }
}

/// Serves a context until it is dropped: waits in this thread's runtime for the files of all its devices at once, and for
/// the timer of its transfers, which is one of them.
pub(in crate::bus::usb::libusb) async fn watch_events(
    events: Events,
    on_hotplug: Box<dyn Fn(HotplugEvent) + Send + Sync>,
) -> io::Result<()> {
    let Events { context, files, mut ended } = events;
    // SAFETY: the file belongs to what is given, stays the same, and is not closed before that is dropped.
    let waiting = unsafe { AsyncFd::register_with_interest(files, Interest::READABLE) }?;
    loop {
        tokio::select! {
            _ = &mut ended => return Ok(()),
            ready = waiting.readable() => ready?.clear_ready(),
        }
        // Readiness is told once, so all that is there has to be taken.
        while has_events(waiting.get_ref()) {
            let Some(context) = context.upgrade() else { return Ok(()) };
            context.handle_events(&*on_hotplug);
            drop(context);
            // Who has been served may go on before more is taken.
            tokio::task::yield_now().await;
        }
    }
}

fn has_events(files: &OwnedFd) -> bool {
    let mut event = libc::epoll_event { events: 0, u64: 0 };
    // SAFETY: there is room for the one event that is asked for.
    unsafe { libc::epoll_wait(files.as_raw_fd(), &mut event, 1, 0) > 0 }
}

/// Waits for a file's events. One that is there already stays.
fn add_file(files: RawFd, file: RawFd, events: c_short) {
    // POLLIN and POLLOUT are EPOLLIN and EPOLLOUT: poll(2), epoll_ctl(2).
    let mut event = libc::epoll_event { events: u32::from(events.unsigned_abs()), u64: 0 };
    // SAFETY: the event is read before it returns. That a file is there already is no harm, and a closed one has no events.
    unsafe { libc::epoll_ctl(files, libc::EPOLL_CTL_ADD, file, &mut event) };
}

extern "system" fn file_added(file: c_int, events: c_short, user_data: *mut c_void) {
    add_file(user_data as usize as RawFd, file, events);
}

extern "system" fn file_removed(file: c_int, user_data: *mut c_void) {
    // SAFETY: a null event is right for EPOLL_CTL_DEL since Linux 2.6.9.
    unsafe { libc::epoll_ctl(user_data as usize as RawFd, libc::EPOLL_CTL_DEL, file, null_mut()) };
}

extern "system" fn device_changed(
    _context: *mut ffi::libusb_context,
    device: *mut ffi::libusb_device,
    event: c_int,
    user_data: *mut c_void,
) -> c_int {
    if let Some(device) = NonNull::new(device) {
        // SAFETY: `register_hotplug` gave a `Left` that lives as long as this callback is registered.
        let left = unsafe { &*user_data.cast::<Left>() };
        // SAFETY: the device is alive in its callback; the reference keeps it so until it is given up.
        unsafe { ffi::libusb_ref_device(device.as_ptr()) };
        locked(&left.hotplug).push((event == c::LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED, DevicePointer(device)));
    }
    // It stays registered.
    0
}

impl Left {
    /// A transfer has ended; it is finished when libusb is done with it.
    pub(super) fn push(&self, ended: InFlight) {
        locked(&self.ended).push(ended);
    }
}
