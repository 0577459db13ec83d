//! The class `Measurement`: a comparison of explanation methods under way, on a network.

use std::rc::Rc;

use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::convert::{Answer, object, seconds, to_js};
use super::network::Network;
use super::resident::{Shared, Slot};
use crate::explain::measure::statistics::Interval;
use crate::explain::measure::{Curves, MaskedImages, Measure, Protocol, Report, Row, Summary, Test};

#[wasm_bindgen]
pub struct Measurement {
    shared: Rc<Shared>,
    network: Rc<Slot<Network>>,
    protocol: Rc<Slot<Protocol>>,
}

impl Measurement {
    pub(super) fn new(shared: Rc<Shared>, network: Rc<Slot<Network>>, protocol: Protocol) -> Self {
        Self { shared, network, protocol: Slot::new(protocol) }
    }
}

#[wasm_bindgen]
impl Measurement {
    /// Measures more images.
    pub async fn run(&self, pixels: Vec<f32>, labels: Vec<u32>, masks: Vec<f32>) -> Answer<()> {
        let images = MaskedImages { pixels: &pixels, labels: &labels, masks: &masks };
        let mut protocol = self.protocol.take()?;
        let work = async |network: &mut Network| network.measure(&mut protocol, images, &mut seconds).await;
        Ok(self.shared.run(&self.network, work).await?)
    }

    /// A `MeasureReport`.
    pub fn report(&self) -> Answer<JsValue> {
        let Report { rows, summaries, tests, curves } = self.protocol.take()?.report();
        let list = |objects: &mut dyn Iterator<Item = JsValue>| -> JsValue { objects.collect::<Array>().into() };
        Ok(object([
            ("rows", list(&mut rows.iter().map(row))),
            ("summary", list(&mut summaries.iter().map(summary))),
            ("tests", list(&mut tests.iter().map(test))),
            ("curves", list(&mut curves.iter().map(curve))),
        ]))
    }
}

/// `null` for what is not a finite number.
fn number(value: f64) -> JsValue {
    if value.is_finite() { value.into() } else { JsValue::NULL }
}

/// Something of each measure, by its name.
fn by_measure(of: impl Fn(Measure) -> JsValue) -> JsValue {
    object(Measure::ALL.map(|measure| (measure.id(), of(measure))))
}

fn row(row: &Row) -> JsValue {
    object([
        ("image", row.image.into()),
        ("method", to_js(&row.method)),
        ("figures", by_measure(|measure| number(row.figure(measure)))),
        ("ious", doubles(&row.ious)),
    ])
}

fn summary(summary: &Summary) -> JsValue {
    let interval = |measure| {
        let Interval { n, mean, low, high } = *summary.figure(measure);
        object([("n", n.into()), ("mean", number(mean)), ("low", number(low)), ("high", number(high))])
    };
    object([
        ("method", to_js(&summary.method)),
        ("figures", by_measure(interval)),
        ("bytes", summary.bytes.into()),
        ("efficiency", number(summary.efficiency)),
    ])
}

/// t may be infinite.
fn test(found: &Test) -> JsValue {
    object([
        ("measure", found.measure.id().into()),
        ("a", to_js(&found.a)),
        ("b", to_js(&found.b)),
        ("n", found.test.n.into()),
        ("difference", number(found.test.difference)),
        ("t", if found.test.t.is_nan() { JsValue::NULL } else { found.test.t.into() }),
        ("p", number(found.test.p)),
        ("adjusted", number(found.adjusted)),
    ])
}

fn curve(curve: &Curves) -> JsValue {
    object([
        ("method", to_js(&curve.method)),
        ("ious", doubles(&curve.ious)),
        ("deletion", doubles(&curve.deletion)),
        ("insertion", doubles(&curve.insertion)),
    ])
}

fn doubles(values: &[f64]) -> JsValue {
    Float64Array::from(values).into()
}
