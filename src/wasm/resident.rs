//! What lives on the device between calls, and how it survives the loss of a GPU.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::convert::{object, seconds};
use crate::data::Dataset;
use crate::device::{Device, DeviceKind, Rates};
use crate::error::{Error, Result};
use crate::nn::{Architecture, Model};
use crate::train::{self, TrainOptions};

/// The device that all objects of one engine share. A lost GPU is replaced by the CPU, once. With `auto` each network trains where it is
/// faster, and the device of the last choice is the one for what is made next.
pub struct Shared {
    device: RefCell<Device>,
    reason: RefCell<String>,
    /// With `auto`, a GPU that is compared with the CPU for each network.
    candidate: RefCell<Option<Device>>,
    /// What the comparisons found, by architecture and batch size.
    found: RefCell<Vec<(Architecture, usize, Rates)>>,
    /// Of the last choice.
    rates: Cell<Option<Rates>>,
    /// Counts replacements, so that a resident knows whether it has moved.
    generation: Cell<u32>,
    on_change: Function,
}

impl Shared {
    pub fn new(device: Device, reason: String, auto: bool, on_change: Function) -> Rc<Self> {
        let is_candidate = auto && device.kind() == DeviceKind::Gpu;
        Rc::new(Self {
            candidate: RefCell::new(is_candidate.then(|| device.clone())),
            found: RefCell::default(),
            rates: Cell::new(None),
            device: RefCell::new(device),
            reason: RefCell::new(reason),
            generation: Cell::new(0),
            on_change,
        })
    }

    /// The device on which `model` is to train: with `auto` and a GPU the faster one, measured once for an architecture and batch size.
    pub async fn device_for(&self, model: &Model, data: &Dataset, options: &TrainOptions) -> Device {
        let Some(gpu) = self.candidate.borrow().clone() else { return self.device() };
        let (architecture, batch) = (model.architecture(), options.batch_size);
        let known = self.found.borrow().iter().find(|(a, b, _)| a == architecture && *b == batch).map(|found| found.2);
        let rates = match known {
            Some(rates) => rates,
            None => {
                let rates = train::rates(&gpu, model, data, options, &mut seconds).await;
                self.found.borrow_mut().push((architecture.clone(), batch, rates));
                rates
            }
        };
        self.rates.set(Some(rates));
        self.change(if rates.faster() == DeviceKind::Gpu { gpu.clone() } else { Device::cpu() }, rates.reason(&gpu.info().name));
        self.device()
    }

    fn change(&self, device: Device, reason: String) {
        self.device.replace(device);
        self.reason.replace(reason);
        // A listener that throws is the page's affair.
        let _ = self.on_change.call1(&JsValue::NULL, &self.info());
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
        let rates = match self.rates.get() {
            Some(Rates { cpu, gpu }) => object([("cpu", cpu.into()), ("gpu", gpu.into())]),
            None => JsValue::NULL,
        };
        object([
            ("kind", kind.into()),
            ("name", info.name.into()),
            ("software", info.software.into()),
            ("reason", self.reason.borrow().as_str().into()),
            ("rates", rates),
        ])
    }

    /// Puts the CPU in place of a GPU that was lost for `reason`, and tells the page.
    fn fall_back(&self, reason: &str) {
        if self.candidate.take().is_none() && self.device().kind() == DeviceKind::Cpu {
            return;
        }
        self.generation.set(self.generation.get() + 1);
        self.rates.set(None);
        self.change(Device::cpu(), format!("The GPU was lost ({reason}); the CPU goes on with the same weights."));
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
