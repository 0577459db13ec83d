//! What lives on the device between calls, and how it survives the loss of a GPU.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::convert::object;
use crate::device::{Device, DeviceKind};
use crate::error::{Error, Result};

/// The device that all objects of one engine share. A lost GPU is replaced by the CPU, once.
pub struct Shared {
    device: RefCell<Device>,
    reason: RefCell<String>,
    /// Counts replacements, so that a resident knows whether it has moved.
    generation: Cell<u32>,
    on_change: Function,
}

impl Shared {
    pub fn new(device: Device, reason: String, on_change: Function) -> Rc<Self> {
        Rc::new(Self { device: RefCell::new(device), reason: RefCell::new(reason), generation: Cell::new(0), on_change })
    }

    pub fn device(&self) -> Device {
        self.device.borrow().clone()
    }

    /// A `DeviceInfo`.
    pub fn info(&self) -> JsValue {
        let info = self.device().info();
        let kind = match info.kind {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "gpu",
        };
        object([
            ("kind", kind.into()),
            ("name", info.name.into()),
            ("software", info.software.into()),
            ("reason", self.reason.borrow().as_str().into()),
        ])
    }

    /// Puts the CPU in place of a GPU that was lost for `reason`, and tells the page.
    fn fall_back(&self, reason: &str) {
        if self.device().info().kind == DeviceKind::Cpu {
            return;
        }
        self.device.replace(Device::cpu());
        self.reason.replace(format!("The GPU was lost ({reason}); the CPU goes on with the same weights."));
        self.generation.set(self.generation.get() + 1);
        // A listener that throws is the page's affair.
        let _ = self.on_change.call1(&JsValue::NULL, &self.info());
    }

    /// Runs `work` on what `slot` holds. Where the GPU was lost, now or since the last call, the resident first moves to the CPU.
    pub async fn run<R: Resident, T>(&self, slot: &Slot<R>, mut work: impl AsyncFnMut(&mut R) -> Result<T>) -> Result<T> {
        let mut taken = slot.take()?;
        let resident = &mut *taken;
        self.follow(resident).await?;
        match work(resident).await {
            Err(Error::DeviceLost(reason)) => {
                self.fall_back(&reason);
                self.follow(resident).await?;
                work(resident).await
            }
            done => done,
        }
    }

    async fn follow<R: Resident>(&self, resident: &mut R) -> Result<()> {
        if *resident.generation() != self.generation.get() {
            resident.move_to(&self.device()).await?;
            *resident.generation() = self.generation.get();
        }
        Ok(())
    }

    /// For a new resident.
    pub fn generation(&self) -> u32 {
        self.generation.get()
    }
}

/// Something that has its values on a device.
pub trait Resident {
    /// Rebuilds itself on `device` with the last good values; the old device is gone.
    async fn move_to(&mut self, device: &Device) -> Result<()>;

    /// The [`Shared::generation`] of the device it is on.
    fn generation(&mut self) -> &mut u32;
}

/// Holds a value that a call takes out while it works, instead of borrowing it across awaits.
pub struct Slot<T>(RefCell<Option<T>>);

impl<T> Slot<T> {
    pub fn new(value: T) -> Rc<Self> {
        Rc::new(Self(RefCell::new(Some(value))))
    }

    /// The value, until the guard is dropped; an error while another call has it.
    pub fn take(&self) -> Result<Taken<'_, T>> {
        let value = self.0.borrow_mut().take();
        if value.is_none() {
            return Err(Error::Run("an earlier call on this object is still at work; await it first".into()));
        }
        Ok(Taken { slot: self, value })
    }
}

/// A value taken out of its [`Slot`]; it goes back when this is dropped.
pub struct Taken<'a, T> {
    slot: &'a Slot<T>,
    /// `Some` until dropped.
    value: Option<T>,
}

impl<T> Deref for Taken<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.value.as_ref().expect("present until dropped")
    }
}

impl<T> DerefMut for Taken<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("present until dropped")
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        *self.slot.0.borrow_mut() = self.value.take();
    }
}
