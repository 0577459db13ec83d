//! The class `Gan`: a generator and a discriminator on the line or the plane.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::convert::{Answer, floats, from_js, indices, object, property, to_js};
use super::resident::{Resident, Shared, Slot};
use crate::device::{Device, DeviceKind};
use crate::error::{Error, Result};
use crate::generate::{self, Cloud, GanOptions, coverage};
use crate::named::Named;
use crate::tensor::Tensor;

/// Turns between two copies of the states of a game on a GPU: where it is lost, at most so many are.
const COPY_EVERY: usize = 256;

/// A game and the last copy of its states.
struct Game {
    gan: generate::Gan,
    good: Named<Tensor>,
    /// Turns since the copy.
    turns: usize,
    generation: u32,
}

impl Resident for Game {
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        self.turns = 0;
        self.gan.move_to(device, &self.good)
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

#[wasm_bindgen]
pub struct Gan {
    shared: Rc<Shared>,
    game: Rc<Slot<Game>>,
}

impl Gan {
    pub(super) async fn create(shared: Rc<Shared>, cloud: &JsValue, options: JsValue) -> Result<Self> {
        let options: GanOptions = from_js("options", options)?;
        let gan = generate::Gan::new(&shared.device(), read_cloud(cloud)?, options)?;
        let good = gan.snapshot().await?;
        let game = Slot::new(Game { gan, good, turns: 0, generation: shared.generation() });
        Ok(Self { shared, game })
    }

    async fn with<T>(&self, mut work: impl AsyncFnMut(&mut generate::Gan) -> Result<T>) -> Answer<T> {
        Ok(self.shared.run(&self.game, async |game| work(&mut game.gan).await).await?)
    }
}

/// A `Cloud` of types-generate.ts: a name, or `{ points, dims, sigma }`.
fn read_cloud(value: &JsValue) -> Result<Cloud> {
    if let Some(name) = value.as_string() {
        return Cloud::named(&name).ok_or_else(|| Error::option("cloud", "there is none of this name"));
    }
    let points = from_js("points", property(value, "points"))?;
    Cloud::new(points, from_js("dims", property(value, "dims"))?, from_js("sigma", property(value, "sigma"))?)
}

#[wasm_bindgen]
impl Gan {
    /// `turn` is a `GanTurn`. The `GanMetrics` of the last steps.
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

    /// A `GanView`.
    pub async fn view(&self) -> Answer<JsValue> {
        let view = self.with(async |gan| gan.view().await).await?;
        Ok(object([
            ("latent", floats(&view.latent)),
            ("fake", floats(&view.fake)),
            ("fakeScore", floats(&view.fake_score)),
            ("arrow", floats(&view.arrow)),
            ("real", floats(&view.real)),
            ("realScore", floats(&view.real_score)),
        ]))
    }

    pub async fn surface(&self, points: Vec<f32>) -> Answer<JsValue> {
        Ok(floats(&self.with(async |gan| gan.surface(&points).await).await?))
    }

    pub async fn samples(&self, n: usize) -> Answer<JsValue> {
        Ok(floats(&self.with(async |gan| gan.samples(n).await).await?))
    }

    pub async fn generate(&self, latent: Vec<f32>) -> Answer<JsValue> {
        Ok(floats(&self.with(async |gan| gan.generate(&latent).await).await?))
    }

    /// `GanOptions` that depend on each other, as they are used.
    pub async fn options(&self) -> Answer<JsValue> {
        self.with(async |gan| {
            let options = gan.options();
            Ok(object([
                ("discriminatorRate", options.discriminator_rate.into()),
                ("generatorRate", options.generator_rate.into()),
                ("halfLife", options.half_life.into()),
                ("penalty", options.penalty().into()),
                ("discriminatorSteps", (options.discriminator_steps() as u32).into()),
            ]))
        })
        .await
    }

    pub async fn optimal(&self, fakes: Vec<f32>, points: Vec<f32>) -> Answer<JsValue> {
        Ok(floats(&self.with(async |gan| gan.optimal(&fakes, &points)).await?))
    }

    /// `{ centres, dims, sigma }`.
    pub async fn cloud(&self) -> Answer<JsValue> {
        self.with(async |gan| {
            let cloud = gan.cloud();
            Ok(object([("centres", floats(cloud.centres())), ("dims", cloud.dims().into()), ("sigma", cloud.sigma().into())]))
        })
        .await
    }

    /// `{ counts, modes, quality }` of `samples`.
    pub async fn coverage(&self, samples: Vec<f32>) -> Answer<JsValue> {
        let found = self.with(async |gan| Ok(coverage(gan.cloud(), &samples))).await?;
        Ok(object([("counts", indices(&found.counts)), ("modes", found.modes.into()), ("quality", found.quality.into())]))
    }

    #[wasm_bindgen(js_name = setLearningRates)]
    pub async fn set_learning_rates(&self, discriminator: f32, generator: f32) -> Answer<()> {
        self.with(async |gan| gan.set_learning_rates(discriminator, generator)).await
    }

    /// Back to the first weights; with `seed` to those of another.
    pub async fn rewind(&self, seed: Option<u32>) -> Answer<()> {
        self.with(async |gan| match seed {
            Some(seed) => gan.new_seed(seed),
            None => gan.rewind(),
        })
        .await
    }
}
