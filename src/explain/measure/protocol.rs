//! Measures image after image, each method by the same rules.

use std::ops::ControlFlow;

use super::probe::{self, Probe};
use super::summary::{Curves, Report};
use super::{Measure, MeasureOptions, Row, place, rank};
use crate::data::Random;
use crate::device::{Device, DeviceKind, Store};
use crate::error::{Error, Result};
use crate::explain::Explainer;
use crate::nn::Model;

/// Streams of random numbers per image: noisy copies take one, the order of pixels another.
const STREAMS: u32 = 2;

/// Images, their labels, and where the object of each is.
#[derive(Debug, Clone, Copy)]
pub struct MaskedImages<'a> {
    /// `[n, C, H, W]`, 0…1.
    pub pixels: &'a [f32],
    /// `[n]`.
    pub labels: &'a [u32],
    /// `[n, H, W]`, the share of each pixel that the object covers, 0…1.
    pub masks: &'a [f32],
}

/// A comparison of methods under way. What it finds follows from the weights, the images in their order and the options, on the same device
/// bit for bit, but for the time; it does not matter in how many calls the images come.
pub struct Protocol {
    options: MeasureOptions,
    model: Model,
    /// Compiled when first needed, and again for another device.
    programs: Option<Programs>,
    /// Image by image.
    rows: Vec<Row>,
    /// Per method, sums over the images.
    curves: Vec<Curves>,
    /// Per method, working memory in bytes.
    bytes: Vec<usize>,
}

struct Programs {
    device: DeviceKind,
    /// One per method, for one image at a time, so that times can be compared.
    explainers: Vec<Explainer>,
    probe: Probe,
}

impl Programs {
    fn new(device: &Device, model: &Model, options: &MeasureOptions) -> Result<Self> {
        let explainer = |&method| Explainer::new(device, model, method, &options.explain, 1);
        Ok(Self {
            device: device.info().kind,
            explainers: options.methods.iter().map(explainer).collect::<Result<_>>()?,
            probe: Probe::new(device, model)?,
        })
    }
}

impl Protocol {
    /// Errors name the option that is out of range.
    pub fn new(model: &Model, options: MeasureOptions) -> Result<Self> {
        let [_, height, width] = model.architecture().input;
        options.check(height, width)?;
        let points = if options.curve_steps > 0 { options.curve_steps + 1 } else { 0 };
        let curves = |&method| Curves { method, ious: [0.0; 9], deletion: vec![0.0; points], insertion: vec![0.0; points] };
        Ok(Self {
            curves: options.methods.iter().map(curves).collect(),
            bytes: vec![0; options.methods.len()],
            options,
            model: model.clone(),
            programs: None,
            rows: Vec::new(),
        })
    }

    /// Measures all methods on more images, with the weights in `store`. `clock` tells the seconds since any moment. After each map
    /// `progress` hears the share of these images that is done and may stop the work: [`Error::Cancelled`]. After an error nothing of
    /// this call is kept.
    pub async fn run(
        &mut self,
        device: &Device,
        store: &mut Store,
        images: MaskedImages<'_>,
        clock: &mut dyn FnMut() -> f64,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<()> {
        self.check(images)?;
        let kind = device.info().kind;
        let mut programs = match self.programs.take().filter(|programs| programs.device == kind) {
            Some(programs) => programs,
            None => Programs::new(device, &self.model, &self.options)?,
        };
        let (kept, curves) = (self.rows.len(), self.curves.clone());
        let done = self.measure(&mut programs, store, images, clock, progress).await;
        match done {
            Ok(()) | Err(Error::Cancelled) => self.programs = Some(programs),
            Err(_) => {}
        }
        if done.is_err() {
            self.rows.truncate(kept);
            self.curves = curves;
        }
        done
    }

    fn check(&self, images: MaskedImages<'_>) -> Result<()> {
        let [channels, height, width] = self.model.architecture().input;
        let (n, plane) = (images.labels.len(), height * width);
        if images.pixels.len() != n * channels * plane || images.masks.len() != n * plane {
            let message = format!("{n} labels want as many images of {channels}×{height}×{width} and masks of {height}×{width}");
            return Err(Error::option("images", message));
        }
        if let Some(i) = images.masks.chunks_exact(plane).position(|mask| !place::object(mask).contains(&true)) {
            return Err(Error::option("masks", format!("image {i} has no object: no pixel is at least half covered")));
        }
        Ok(())
    }

    async fn measure(
        &mut self,
        programs: &mut Programs,
        store: &mut Store,
        images: MaskedImages<'_>,
        clock: &mut dyn FnMut() -> f64,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<()> {
        let [channels, height, width] = self.model.architecture().input;
        let (methods, plane) = (self.options.methods.len(), height * width);
        let first = self.rows.len() / methods;
        let total = (images.labels.len() * methods) as f32;
        let each = images.pixels.chunks_exact(channels * plane).zip(images.masks.chunks_exact(plane)).zip(images.labels);
        for (i, ((pixels, mask), &label)) in each.enumerate() {
            let image = Image::prepare(programs, store, &self.options, first + i, pixels, mask, label).await?;
            for method in 0..methods {
                let row = self.row(programs, store, &image, method, clock).await?;
                self.rows.push(row);
                if progress((i * methods + method + 1) as f32 / total).is_break() {
                    return Err(Error::Cancelled);
                }
            }
        }
        Ok(())
    }

    /// The figures of method number `method` on `image`; adds to its curves.
    async fn row(
        &mut self,
        programs: &mut Programs,
        store: &mut Store,
        image: &Image<'_>,
        method: usize,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<Row> {
        let Programs { explainers, probe, .. } = programs;
        let (explainer, options, curves) = (&mut explainers[method], &self.options, &mut self.curves[method]);
        let start = clock();
        let found = explainer.run(store, image.pixels, &[image.label], &mut |_| ControlFlow::Continue(())).await?;
        let time = clock() - start;
        self.bytes[method] = found.cost.bytes;
        let map = &found.maps;

        let ious = place::ious(map, &image.object);
        let (mut deletion, mut insertion) = (f64::NAN, f64::NAN);
        if options.curve_steps > 0 {
            let order = probe::descending(map, &mut Random::new(options.seed, image.number as u32 * STREAMS + 1));
            let points = probe.curves(store, &image.subject, &order, options.curve_steps).await?;
            [deletion, insertion] = points.each_ref().map(|points| probe::area(points));
            add(&mut curves.deletion, &points[0]);
            add(&mut curves.insertion, &points[1]);
        }
        curves.ious.iter_mut().zip(ious).for_each(|(sum, iou)| *sum += iou);
        let mut stability = f64::NAN;
        if !image.noisy.is_empty() {
            let labels = vec![image.label; options.noisy_copies];
            let noisy = explainer.run(store, &image.noisy, &labels, &mut |_| ControlFlow::Continue(())).await?;
            let alike: Vec<f64> = noisy.maps.chunks_exact(map.len()).filter_map(|other| rank::spearman(map, other)).collect();
            stability = alike.iter().sum::<f64>() / alike.len() as f64;
        }
        let mut faithfulness = f64::NAN;
        if !image.falls.is_empty() {
            let sums = probe::patch_sums(map, found.width, options.patch);
            faithfulness = rank::spearman(&sums, &image.falls).unwrap_or(f64::NAN);
        }
        let figure = |measure| match measure {
            Measure::Iou => ious.iter().sum::<f64>() / ious.len() as f64,
            Measure::Pointing => place::pointing(map, &image.object),
            Measure::Auc => rank::roc_auc(map, &image.object).unwrap_or(f64::NAN),
            Measure::BoxError => place::box_error(map, &image.object, found.width),
            Measure::Deletion => deletion,
            Measure::Insertion => insertion,
            Measure::Stability => stability,
            Measure::Faithfulness => faithfulness,
            Measure::Time => time,
        };
        Ok(Row { image: image.number, method: found.method, figures: Measure::ALL.map(figure), ious })
    }

    /// What was found so far.
    pub fn report(&self) -> Report {
        Report::new(&self.options, &self.rows, &self.curves, &self.bytes)
    }
}

fn add(sums: &mut [f64], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += f64::from(value));
}

/// What the figures of all methods on one image need.
struct Image<'a> {
    number: usize,
    /// `[C, H, W]`.
    pixels: &'a [f32],
    label: u32,
    object: Vec<bool>,
    subject: probe::Subject,
    /// `[noisy_copies, C, H, W]`, 0…1.
    noisy: Vec<f32>,
    /// Per patch.
    falls: Vec<f32>,
}

impl<'a> Image<'a> {
    async fn prepare(
        programs: &mut Programs,
        store: &mut Store,
        options: &MeasureOptions,
        number: usize,
        pixels: &'a [f32],
        mask: &[f32],
        label: u32,
    ) -> Result<Self> {
        let mut random = Random::new(options.seed, number as u32 * STREAMS);
        let copies = (0..options.noisy_copies * pixels.len()).map(|i| pixels[i % pixels.len()]);
        let subject = programs.probe.subject(pixels, label, options)?;
        let falls = match options.patch {
            0 => Vec::new(),
            patch => programs.probe.falls(store, &subject, patch).await?,
        };
        let noisy = copies.map(|value| (value + options.noise * random.normal()).clamp(0.0, 1.0)).collect();
        Ok(Self { number, pixels, label, object: place::object(mask), subject, noisy, falls })
    }
}
