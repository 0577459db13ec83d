//! Carries a method out: batches, chunks of versions of an image, progress, and what is known beside the maps.

use std::ops::ControlFlow;

use super::options::MAX_SAMPLES;
use super::{Cost, Details, ExplainOptions, Explanation, Kind, Method, guided_backprop, hidden, lime, occlusion, path, smoothgrad};
use crate::device::{Device, Program, Store};
use crate::error::{Error, Result};
use crate::graph::Type;
use crate::nn::Model;
use crate::tensor::Tensor;

/// The most versions of an image, and the most pixel values of all of them, that go through a network at a time.
const MAX_ROWS: usize = 64;
const MAX_VALUES: usize = 1 << 20;

/// A method compiled for one model and batch size: keep it, and the next explanation costs its runs only.
pub struct Explainer {
    method: Method,
    options: ExplainOptions,
    layer: Option<String>,
    program: Program,
    /// The batch of the program.
    rows: usize,
    /// Names of the program's outputs.
    outputs: Vec<String>,
    /// The type of the state [`path::SUM`], where the program has it.
    sum: Option<Type>,
    /// `[C, H, W]`.
    input: [usize; 3],
    model_classes: usize,
    note: Option<&'static str>,
    bytes: usize,
}

impl Explainer {
    /// Compiles `method` for `batch` images at a time (1 or more). Errors: an option out of range, an unknown layer, or one that does
    /// not suit the method.
    pub fn new(device: &Device, model: &Model, method: Method, options: &ExplainOptions, batch: usize) -> Result<Self> {
        if method != method.available() {
            return Err(Error::option("method", "this build has only saliency and Grad-CAM; load the whole engine"));
        }
        let input = model.architecture().input;
        options.check(input[1], input[2])?;
        let layer = method.layer(model, options)?;
        let size: usize = input.iter().product();
        let most = (MAX_VALUES / size).clamp(1, MAX_ROWS);
        let chunk = |versions: usize| versions.div_ceil(versions.div_ceil(most));
        let rows = match method.kind() {
            Kind::Once => batch.max(1),
            Kind::Path => chunk(points(method, options).len()),
            Kind::Hidden => chunk(match method {
                Method::Occlusion => 2 + hidden::window_count(options, input[1], input[2]),
                _ => 2 + options.samples.unwrap_or(lime::SAMPLES),
            }),
        };
        if method == Method::Occlusion && hidden::window_count(options, input[1], input[2]) > MAX_SAMPLES {
            let message = format!("makes more than {MAX_SAMPLES} windows; choose a greater one");
            return Err(Error::option("stride", message));
        }
        let graph = method.graph(model, rows, layer.as_deref().unwrap_or_default(), options)?;
        let program = device.compile(&graph)?;
        Ok(Self {
            method,
            options: options.clone(),
            layer,
            bytes: program.report().arena_bytes,
            program,
            rows,
            outputs: graph.outputs.keys().map(str::to_string).collect(),
            sum: graph.states().remove(path::SUM),
            input,
            model_classes: model.classes(),
            note: (matches!(method, Method::GuidedBackprop | Method::GuidedGradCam) && !guided_backprop::applies(&graph))
                .then_some(guided_backprop::NO_RELU),
        })
    }

    /// Maps of `images` (`[n, C, H, W]`) for their `classes` (`[n]`), with the weights in `store`. After each run `progress` hears the
    /// share that is done and may stop the work: [`Error::Cancelled`].
    pub async fn run(
        &mut self,
        store: &mut Store,
        images: &[f32],
        classes: &[u32],
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<Explanation> {
        let [channels, height, width] = self.input;
        let size = channels * height * width;
        if images.len() != classes.len() * size {
            let message = format!("{} values are not {} images of {channels}×{height}×{width}", images.len(), classes.len());
            return Err(Error::option("images", message));
        }
        if let Some(class) = classes.iter().find(|&&class| class as usize >= self.model_classes) {
            return Err(Error::option("classes", format!("there is no class {class}, the model has {}", self.model_classes)));
        }
        let mut found = Explanation {
            method: self.method,
            layer: self.layer.clone(),
            maps: Vec::with_capacity(classes.len() * height * width),
            height,
            width,
            classes: classes.to_vec(),
            note: None,
            details: Vec::with_capacity(classes.len()),
            cost: Cost { bytes: self.bytes, ..Cost::default() },
        };
        let at_once = if self.method.kind() == Kind::Once { self.rows } else { 1 };
        for (images, classes) in images.chunks(at_once * size).zip(classes.chunks(at_once)) {
            let done = found.details.len() as f32;
            let mut progress = |share: f32| match progress((done + share * classes.len() as f32) / found.classes.len() as f32) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Error::Cancelled),
            };
            let part = match self.method.kind() {
                Kind::Once => self.once(store, images, classes).await?,
                #[cfg(feature = "explain")]
                Kind::Path => {
                    let part = self.along_path(store, images, classes[0], &mut progress).await;
                    store.remove(path::SUM);
                    part?
                }
                #[cfg(feature = "explain")]
                Kind::Hidden => self.hidden(store, images, classes[0], &mut progress).await?,
                #[cfg(not(feature = "explain"))]
                Kind::Path | Kind::Hidden => unreachable!("`new` makes only what this build has"),
            };
            progress(1.0)?;
            found.maps.extend_from_slice(&part.maps);
            found.details.extend(part.details);
            found.note = found.note.or(part.note);
            found.cost.forward += part.forward;
            found.cost.backward += part.forward * self.method.backward();
        }
        found.note = found.note.or(self.note);
        Ok(found)
    }

    /// Maps of at most a batch of images.
    async fn once(&mut self, store: &mut Store, images: &[f32], classes: &[u32]) -> Result<Part> {
        let [channels, height, width] = self.input;
        let (mut x, mut class) = (images.to_vec(), classes.to_vec());
        x.resize(self.rows * channels * height * width, 0.0);
        class.resize(self.rows, 0);
        let x = Tensor::f32([self.rows, channels, height, width], x)?;
        let class = Tensor::u32([self.rows], class)?;
        self.program.run(store, &[("x", &x), ("class", &class)], 1)?;
        let logits = self.output("logits").await?;
        let [units, totals, bases, raw] = [
            self.optional("units").await?,
            self.optional("total").await?,
            self.optional("baseline").await?,
            self.optional("raw").await?,
        ];
        let mut maps = self.output("map").await?;
        maps.truncate(classes.len() * height * width);
        let of = |values: &[f32], i: usize| values[i * (values.len() / self.rows)..][..values.len() / self.rows].to_vec();
        let details = classes.iter().enumerate().map(|(i, &class)| Details {
            score: logits[i * self.model_classes + class as usize],
            baseline_score: bases.get(i).copied(),
            total: totals.get(i).copied(),
            units: of(&units, i),
            ..Details::default()
        });
        let zero = maps.chunks_exact(height * width).position(is_zero);
        let note = zero.map(|i| self.method.why_zero(&of(&raw, i)));
        Ok(Part { details: details.collect(), maps, note, forward: classes.len() })
    }

    /// The map of one image from many versions of it.
    #[cfg(feature = "explain")]
    async fn along_path(
        &mut self,
        store: &mut Store,
        image: &[f32],
        class: u32,
        progress: &mut dyn FnMut(f32) -> Result<()>,
    ) -> Result<Part> {
        let [channels, height, width] = self.input;
        let shape = [1, channels, height, width];
        let points = points(self.method, &self.options);
        let pixels = self.options.baseline.of(image, self.input, self.options.seed);
        let (x, baseline) = (Tensor::f32(shape, image.to_vec())?, Tensor::f32(shape, pixels.clone())?);
        let class = Tensor::u32([1], vec![class])?;
        if let Some((shape, dtype)) = &self.sum {
            store.set(path::SUM, &Tensor::zeros(shape, *dtype))?;
        }
        let mut details = Details::default();
        for (number, chunk) in points.chunks(self.rows).enumerate() {
            let column = |of: fn(&(f32, f32)) -> f32| {
                let mut values: Vec<f32> = chunk.iter().map(of).collect();
                values.resize(self.rows, 0.0);
                Tensor::f32([self.rows], values)
            };
            let (alpha, weight) = (column(|point| point.0)?, column(|point| point.1)?);
            let key = Tensor::u32([2], vec![self.options.seed, number as u32])?;
            let last = if self.method == Method::Smoothgrad { ("key", &key) } else { ("baseline", &baseline) };
            self.program.run(store, &[("x", &x), ("class", &class), ("alpha", &alpha), ("weight", &weight), last], 1)?;
            let scores = self.output("score").await?;
            let slopes = self.optional("slope").await?;
            for (i, &(alpha, _)) in chunk.iter().enumerate().take(scores.len()) {
                details.path.push([alpha, scores[i], slopes.get(i).copied().unwrap_or(0.0)]);
            }
            progress((number * self.rows + chunk.len()) as f32 / points.len() as f32)?;
        }
        details.score = details.path[0][1];
        match self.method {
            Method::Smoothgrad => details.path.clear(),
            _ => {
                details.baseline_score = Some(details.path[1][1]);
                details.baseline = pixels;
            }
        }
        details.total = self.optional("total").await?.first().copied();
        details.units = self.optional("units").await?;
        let maps = self.output("map").await?;
        let note = is_zero(&maps).then(|| self.method.why_zero(&[]));
        Ok(Part { maps, details: vec![details], note, forward: points.len() })
    }

    /// The map of one image from what hiding parts of it does to the score.
    #[cfg(feature = "explain")]
    async fn hidden(
        &mut self,
        store: &mut Store,
        image: &[f32],
        class: u32,
        progress: &mut dyn FnMut(f32) -> Result<()>,
    ) -> Result<Part> {
        let [channels, height, width] = self.input;
        let (shape, plane) = ([1, channels, height, width], height * width);
        let parts = match self.method {
            Method::Occlusion => hidden::windows(&self.options, height, width),
            _ => lime::parts(image, self.input, &self.options),
        };
        let pixels = self.options.baseline.of(image, self.input, self.options.seed);
        let (x, baseline) = (Tensor::f32(shape, image.to_vec())?, Tensor::f32(shape, pixels.clone())?);
        let class_of = Tensor::u32([1], vec![class])?;
        // The image, the baseline, and the versions.
        let versions = 2 + parts.hidden.len();
        let mut scores = Vec::with_capacity(versions);
        while scores.len() < versions {
            let mut masks = vec![1.0; self.rows * plane];
            for (i, mask) in (scores.len()..versions).zip(masks.chunks_exact_mut(plane)) {
                match i {
                    0 => mask.fill(1.0),
                    1 => mask.fill(0.0),
                    _ => parts.mask(i - 2, mask),
                }
            }
            let masks = Tensor::f32([self.rows, 1, height, width], masks)?;
            self.program.run(store, &[("x", &x), ("baseline", &baseline), ("mask", &masks), ("class", &class_of)], 1)?;
            scores.extend(self.output("score").await?);
            scores.truncate(versions);
            progress(scores.len() as f32 / versions as f32)?;
        }
        let mut details = Details { score: scores[0], baseline_score: Some(scores[1]), baseline: pixels, ..Details::default() };
        let maps = if self.method == Method::Occlusion {
            let falls: Vec<f32> = scores[2..].iter().map(|score| scores[0] - score).collect();
            occlusion::map(&parts.pixels, &falls, plane)
        } else {
            let fit = lime::surrogate(&parts, &scores[2..], &self.options);
            let mut segments = vec![0; plane];
            for (label, pixels) in parts.pixels.iter().enumerate() {
                pixels.iter().for_each(|&pixel| segments[pixel as usize] = label as u32);
            }
            let map = lime::map(&parts, &fit.weights, self.options.top, plane);
            details.surrogate = Some((segments, fit));
            map
        };
        let note = is_zero(&maps).then(|| self.method.why_zero(&[]));
        Ok(Part { maps, details: vec![details], note, forward: versions })
    }

    async fn output(&self, name: &str) -> Result<Vec<f32>> {
        self.program.output(name).await?.into_f32()
    }

    /// Empty where the program has no output `name`.
    async fn optional(&self, name: &str) -> Result<Vec<f32>> {
        if self.outputs.iter().any(|output| output == name) { self.output(name).await } else { Ok(Vec::new()) }
    }
}

/// Maps of some of the images.
struct Part {
    maps: Vec<f32>,
    details: Vec<Details>,
    note: Option<&'static str>,
    /// Forward passes.
    forward: usize,
}

/// α and weight of each version of an image.
fn points(method: Method, options: &ExplainOptions) -> Vec<(f32, f32)> {
    match method {
        Method::Smoothgrad => smoothgrad::points(options.samples.unwrap_or(smoothgrad::SAMPLES), options.noise),
        _ => path::midpoints(options.steps),
    }
}

fn is_zero(map: &[f32]) -> bool {
    map.iter().all(|&value| value == 0.0)
}
