//! What an `Autoencoder` makes of few labels, and the class `FineTuning`: a classifier that its encoder is turned into.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::autoencoder::{Autoencoder, Pupil};
use super::convert::{Answer, from_js};
use super::resident::{Resident, Shared, Slot};
use crate::data::Images;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::generate::autoencoder::{self, FineTuneOptions};
use crate::generate::latent::{Labelled, few};

/// The most labels of a class.
const MOST: usize = 100;

fn labelled(images: &Images) -> Labelled<'_> {
    Labelled { x: &images.pixels, labels: &images.labels }
}

impl Pupil {
    /// `per_class` training images of each class, chosen with `seed`.
    fn few(&self, per_class: usize, seed: u32) -> Result<Images> {
        if !(1..=MOST).contains(&per_class) {
            return Err(Error::option("perClass", format!("must be 1 to {MOST}")));
        }
        Ok(self.data.train.select(&few(&self.data.train.labels, self.data.classes.len(), per_class, seed)))
    }
}

#[wasm_bindgen]
impl Autoencoder {
    /// A `Probe` of classifiers that learnt from `per_class` training images of each class, chosen with `seed`.
    #[wasm_bindgen(js_name = probeFew)]
    pub async fn probe_few(&self, per_class: usize, seed: u32) -> Answer<JsValue> {
        let work = async |pupil: &mut Pupil| {
            let train = pupil.few(per_class, seed)?;
            pupil.probe(&self.shared.device(), &train).await
        };
        Ok(self.shared.run(&self.pupil, work).await?)
    }

    /// `options` is a `FineTuneOptions`; its seed also chooses the labelled images.
    #[wasm_bindgen(js_name = fineTuning)]
    pub async fn fine_tuning(&self, per_class: usize, options: JsValue) -> Answer<FineTuning> {
        let options: FineTuneOptions = from_js("options", options)?;
        let work = async |pupil: &mut Pupil| {
            let (train, test, classes) = (pupil.few(per_class, options.seed)?, pupil.judges(), pupil.data.classes.len());
            let tuning = pupil.autoencoder.fine_tuning(labelled(&train), classes, options.clone()).await?;
            Ok(Learner { tuning, test, generation: self.shared.generation() })
        };
        let learner = Slot::new(self.shared.run(&self.pupil, work).await?);
        Ok(FineTuning { shared: self.shared.clone(), learner })
    }
}

/// A classifier and the images that judge it.
struct Learner {
    tuning: autoencoder::FineTuning,
    test: Images,
    generation: u32,
}

impl Resident for Learner {
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        self.tuning.move_to(device).await
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

#[wasm_bindgen]
pub struct FineTuning {
    shared: Rc<Shared>,
    learner: Rc<Slot<Learner>>,
}

#[wasm_bindgen]
impl FineTuning {
    /// The cross-entropy of the last step's batch.
    pub async fn run(&self, steps: usize) -> Answer<f32> {
        Ok(self.shared.run(&self.learner, async |learner| learner.tuning.run(steps).await).await?)
    }

    /// On held-out images, 0…1.
    pub async fn accuracy(&self) -> Answer<f64> {
        let work = async |learner: &mut Learner| Ok(learner.tuning.classify(labelled(&learner.test)).await?.accuracy);
        Ok(self.shared.run(&self.learner, work).await?)
    }
}
