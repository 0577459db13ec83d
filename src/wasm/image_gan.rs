//! The class `ImageGan`: a generator and a discriminator of images, and a judge of what they make.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::convert::{Answer, floats, from_js, indices, object, to_js};
use super::dataset::Dataset;
use super::resident::{Resident, Shared, Slot};
use crate::data;
use crate::device::{Device, DeviceKind};
use crate::error::{Error, Result};
use crate::generate::image_gan::{self, Apprentice, Drawn, ImageGanOptions, spherical};
use crate::named::Named;
use crate::tensor::Tensor;

/// Turns between two copies of the states of a game on a GPU: where it is lost, at most so many are.
const COPY_EVERY: usize = 64;

/// A game, its data and the last copy of its states.
struct Game {
    gan: image_gan::ImageGan,
    data: Rc<data::Dataset>,
    /// The judge while it learns.
    apprentice: Option<Apprentice>,
    good: Named<Tensor>,
    /// Turns since the copy.
    turns: usize,
    generation: u32,
}

impl Resident for Game {
    /// A judge that was still learning begins anew.
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        (self.turns, self.apprentice) = (0, None);
        self.gan.move_to(device, &self.data, &self.good)
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

#[wasm_bindgen]
pub struct ImageGan {
    shared: Rc<Shared>,
    game: Rc<Slot<Game>>,
}

impl ImageGan {
    pub(super) async fn create(shared: Rc<Shared>, dataset: &Dataset, options: JsValue) -> Result<Self> {
        let options: ImageGanOptions = from_js("options", options)?;
        let data = dataset.data();
        let gan = image_gan::ImageGan::new(&shared.device(), &data, options)?;
        let good = gan.snapshot().await?;
        let game = Slot::new(Game { gan, data, apprentice: None, good, turns: 0, generation: shared.generation() });
        Ok(Self { shared, game })
    }

    async fn with<T>(&self, mut work: impl AsyncFnMut(&mut image_gan::ImageGan) -> Result<T>) -> Answer<T> {
        Ok(self.shared.run(&self.game, async |game| work(&mut game.gan).await).await?)
    }
}

#[wasm_bindgen]
impl ImageGan {
    /// `ImageGanSettings`: the options with all defaults filled in.
    pub async fn options(&self) -> Answer<JsValue> {
        self.with(async |gan| {
            let (options, penalty, steps) = (gan.options(), gan.options().penalty(), gan.options().discriminator_steps());
            Ok(to_js(&ImageGanOptions { penalty: Some(penalty), discriminator_steps: Some(steps), ..options.clone() }))
        })
        .await
    }

    /// `turn` is a `GanTurn`. The `ImageGanMetrics` of the last steps.
    pub async fn run(&self, turn: JsValue, steps: usize) -> Answer<JsValue> {
        let turn = from_js("turn", turn)?;
        let metrics = self
            .shared
            .run(&self.game, async |game| {
                game.gan.run(turn, steps)?;
                let metrics = game.gan.metrics().await?;
                game.turns += steps;
                if game.turns >= COPY_EVERY && self.shared.device().info().kind == DeviceKind::Gpu {
                    (game.good, game.turns) = (game.gan.snapshot().await?, 0);
                }
                Ok(metrics)
            })
            .await?;
        Ok(to_js(&metrics))
    }

    pub async fn noise(&self, n: usize) -> Answer<JsValue> {
        Ok(floats(&self.with(async |gan| gan.noise(n).await).await?))
    }

    /// `{ latent, images, scores }`.
    pub async fn generate(&self, latent: Vec<f32>) -> Answer<JsValue> {
        Ok(drawn(&latent, &self.with(async |gan| gan.generate(&latent).await).await?))
    }

    /// The same for `n` vectors on the great circle from `a` to `b`.
    pub async fn interpolate(&self, a: Vec<f32>, b: Vec<f32>, n: usize) -> Answer<JsValue> {
        self.with(async |gan| {
            let size = gan.options().latent;
            if a.len() != size || b.len() != size {
                return Err(Error::option("latent", format!("both ends must be one vector of {size} numbers")));
            }
            if !(2..=1000).contains(&n) {
                return Err(Error::option("n", "must be 2 to 1000"));
            }
            let latent = spherical(&a, &b, n);
            Ok(drawn(&latent, &gan.generate(&latent).await?))
        })
        .await
    }

    /// `{ indices, distances, images }`.
    pub async fn nearest(&self, images: Vec<f32>) -> Answer<JsValue> {
        let found = self.with(async |gan| gan.nearest(&images).await).await?;
        Ok(object([
            ("indices", indices(&found.indices)),
            ("distances", floats(&found.distances)),
            ("images", floats(&found.images)),
        ]))
    }

    /// Teaches the next judge `steps` more steps; how many it has done.
    pub async fn teach(&self, steps: usize) -> Answer<u32> {
        let shared = &self.shared;
        let work = async |game: &mut Game| {
            let mut apprentice = match game.apprentice.take() {
                Some(apprentice) => apprentice,
                None => Apprentice::new(&shared.device(), &game.data, game.gan.options().seed).await?,
            };
            apprentice.run(steps).await?;
            let step = apprentice.step();
            game.apprentice = Some(apprentice);
            Ok(step)
        };
        Ok(self.shared.run(&self.game, work).await?)
    }

    /// From now on the judge that was taught judges. Its accuracy on held-out images.
    pub async fn appoint(&self) -> Answer<f32> {
        let work = async |game: &mut Game| {
            let Some(apprentice) = &mut game.apprentice else {
                return Err(Error::Run("the judge was not taught yet".into()));
            };
            let judge = apprentice.finish().await?;
            let accuracy = judge.accuracy;
            game.gan.adopt(judge)?;
            game.apprentice = None;
            Ok(accuracy)
        };
        Ok(self.shared.run(&self.game, work).await?)
    }

    /// Takes over the judge of `other`, a game with images of the same shape; whether it has one.
    #[wasm_bindgen(js_name = shareJudge)]
    pub async fn share_judge(&self, other: &ImageGan) -> Answer<bool> {
        match other.with(async |gan| Ok(gan.appointed().cloned())).await? {
            Some(judge) => self.with(async |gan| gan.adopt(judge.clone()).map(|()| true)).await,
            None => Ok(false),
        }
    }

    /// A `Verdict`.
    pub async fn judge(&self, n: usize) -> Answer<JsValue> {
        let verdict = self.with(async |gan| gan.judge(n).await).await?;
        Ok(object([
            ("distance", verdict.distance.into()),
            ("heldOut", verdict.held_out.map_or(JsValue::NULL, JsValue::from)),
            ("classes", floats(&verdict.classes)),
            ("confidence", verdict.confidence.into()),
            ("accuracy", verdict.accuracy.into()),
        ]))
    }

    #[wasm_bindgen(js_name = setLearningRates)]
    pub async fn set_learning_rates(&self, discriminator: f32, generator: f32) -> Answer<()> {
        self.with(async |gan| gan.set_learning_rates(discriminator, generator)).await
    }

    /// Back to the first weights; with `seed` to those of another.
    pub async fn rewind(&self, seed: Option<u32>) -> Answer<()> {
        let work = async |game: &mut Game| {
            match seed {
                Some(seed) => game.gan.new_seed(seed)?,
                None => game.gan.rewind()?,
            }
            (game.good, game.turns) = (game.gan.snapshot().await?, 0);
            Ok(())
        };
        Ok(self.shared.run(&self.game, work).await?)
    }
}

fn drawn(latent: &[f32], drawn: &Drawn) -> JsValue {
    object([("latent", floats(latent)), ("images", floats(&drawn.images)), ("scores", floats(&drawn.scores))])
}
