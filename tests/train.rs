//! The trainer on small made-up data, on the CPU: determinism, checkpoints, evaluation, divergence, options.
#![cfg(not(target_arch = "wasm32"))]

use pollster::block_on;
use vitrine::data::{Dataset, Images};
use vitrine::device::Device;
use vitrine::graph::{Builder, DType};
use vitrine::nn::{Activation, Architecture, Clip, Layer, Mode, Model, Optimizer, Padding, Schedule, loss};
use vitrine::train::{Checkpoint, EarlyStopping, Split, StepMetric, TrainOptions, Trainer};
use vitrine::{Error, Tensor};

const SHAPE: [usize; 3] = [1, 4, 4];

/// `n` images whose brighter half (left, right) is their class, under a fixed pattern.
fn halves(n: usize) -> Images {
    let pixel = |i: usize| {
        let (image, column) = (i / 16, i % 4);
        let noise = (i as f32 * 12.9898).sin().abs() * 0.5;
        if (column < 2) == (image % 2 == 0) { 0.5 + noise } else { noise }
    };
    Images { pixels: (0..n * 16).map(pixel).collect(), labels: (0..n as u32).map(|i| i % 2).collect() }
}

fn data(train: usize, validation: usize) -> Dataset {
    Dataset::new("halves", "made up", SHAPE, vec!["left".into(), "right".into()], halves(train), halves(validation)).unwrap()
}

fn model_of(layers: Vec<Layer>) -> Model {
    Model::new(Architecture { input: SHAPE, mean: vec![], std: vec![], layers }).unwrap()
}

fn relu() -> Layer {
    Layer::Activation { function: Activation::Relu }
}

/// With everything that has a state of its own: batch norm and dropout.
fn stateful() -> Model {
    let conv = Layer::Conv { filters: 3, kernel: 3, stride: 1, padding: Padding::Same, bias: false, dilation: 1, groups: 1 };
    model_of(vec![conv, Layer::BatchNorm, relu(), Layer::Dropout { rate: 0.25 }, Layer::Dense { units: 2 }])
}

fn plain() -> Model {
    model_of(vec![Layer::Dense { units: 5 }, relu(), Layer::Dense { units: 2 }])
}

fn options() -> TrainOptions {
    TrainOptions { batch_size: 4, ..TrainOptions::default() }
}

fn trainer(model: Model, data: &Dataset, options: TrainOptions) -> Trainer {
    block_on(Trainer::new(&Device::cpu(), model, data, options)).unwrap()
}

fn run(trainer: &mut Trainer, steps: usize) -> Vec<StepMetric> {
    let metrics = block_on(trainer.run(steps)).unwrap();
    assert_eq!(metrics.len(), steps, "{:?}", trainer.divergence());
    metrics
}

fn checkpoint(trainer: &Trainer) -> Checkpoint {
    block_on(trainer.checkpoint()).unwrap()
}

fn weights(trainer: &Trainer) -> Vec<f32> {
    let states = checkpoint(trainer).states;
    states.into_iter().filter(|(name, _)| name.starts_with("model/")).flat_map(|(_, t)| t.into_f32().unwrap()).collect()
}

fn error(model: Model, data: &Dataset, options: TrainOptions) -> Error {
    block_on(Trainer::new(&Device::cpu(), model, data, options)).err().expect("refused")
}

#[test]
fn xor_is_learned_by_one_hidden_layer() {
    let images = Images { pixels: vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], labels: vec![0, 1, 1, 0] };
    let classes = vec!["equal".to_string(), "different".to_string()];
    let data = Dataset::new("XOR", "by hand", [2, 1, 1], classes, images.clone(), images).unwrap();
    let tanh = Layer::Activation { function: Activation::Tanh };
    for (hidden, learned) in [(true, true), (false, false)] {
        let layers = if hidden {
            vec![Layer::Dense { units: 8 }, tanh.clone(), Layer::Dense { units: 2 }]
        } else {
            vec![Layer::Dense { units: 2 }]
        };
        let model = Model::new(Architecture { input: [2, 1, 1], mean: vec![], std: vec![], layers }).unwrap();
        let mut trainer = trainer(model, &data, TrainOptions { batch_size: 4, learning_rate: 0.05, ..options() });
        run(&mut trainer, 300);
        let evaluation = block_on(trainer.evaluate(Split::Validation)).unwrap();
        assert_eq!(evaluation.accuracy == 1.0, learned, "a linear model cannot: accuracy {}", evaluation.accuracy);
        assert_eq!(evaluation.loss < 0.1, learned, "loss {}", evaluation.loss);
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let data = data(22, 4);
    let metrics = |seed| run(&mut trainer(stateful(), &data, TrainOptions { seed, ..options() }), 12);
    assert_eq!(metrics(3), metrics(3));
    assert_ne!(metrics(3), metrics(4));
}

#[test]
fn how_steps_are_grouped_does_not_matter() {
    let data = data(22, 4);
    let (mut at_once, mut in_parts) = (trainer(stateful(), &data, options()), trainer(stateful(), &data, options()));
    let metrics = run(&mut at_once, 600);
    let parts: Vec<StepMetric> = [1, 2, 297, 1, 299].iter().flat_map(|&steps| run(&mut in_parts, steps)).collect();
    assert_eq!(metrics, parts, "beyond the ring's length too");
    assert!(metrics.iter().enumerate().all(|(i, m)| m.step as usize == i + 1));
    assert_eq!(at_once.step(), 600);
    assert_eq!(checkpoint(&at_once), checkpoint(&in_parts));
}

#[test]
fn a_checkpoint_continues_bit_for_bit() {
    let data = data(22, 4);
    let mut first = trainer(stateful(), &data, options());
    run(&mut first, 7);
    first.set_learning_rate(0.02).unwrap();
    let saved = checkpoint(&first);
    let expected = run(&mut first, 9);
    let end = checkpoint(&first);

    first.restore(&saved).unwrap();
    assert_eq!((first.step(), run(&mut first, 9)), (7, expected.clone()));
    let mut second = trainer(stateful(), &data, TrainOptions { seed: 99, ..options() });
    second.restore(&saved).unwrap();
    assert_eq!(second.learning_rate(), 0.02);
    assert_eq!(run(&mut second, 9), expected, "the seed is part of the checkpoint");
    assert_eq!(checkpoint(&second), end);
}

#[test]
fn a_checkpoint_of_another_model_is_refused_and_nothing_changes() {
    let data = data(22, 4);
    let mut one = trainer(stateful(), &data, options());
    let other = checkpoint(&trainer(plain(), &data, options()));
    let before = checkpoint(&one);
    assert_eq!(one.restore(&other).unwrap_err().code(), "run");
    assert_eq!(checkpoint(&one), before);
}

#[test]
fn rewinding_keeps_the_initial_weights() {
    let data = data(22, 4);
    let mut trainer = trainer(stateful(), &data, options());
    let initial = weights(&trainer);
    let metrics = run(&mut trainer, 12);
    assert_ne!(weights(&trainer), initial);
    trainer.rewind().unwrap();
    assert_eq!((trainer.step(), weights(&trainer)), (0, initial));
    assert_eq!(run(&mut trainer, 12), metrics);
}

#[test]
fn moving_to_another_device_continues_the_run() {
    let data = data(22, 4);
    let (mut moved, mut stayed) = (trainer(stateful(), &data, options()), trainer(stateful(), &data, options()));
    run(&mut moved, 5);
    block_on(moved.evaluate(Split::Validation)).unwrap();
    block_on(moved.move_to(&Device::cpu(), &data)).unwrap();
    run(&mut stayed, 5);
    assert_eq!(run(&mut moved, 5), run(&mut stayed, 5));
    let evaluate = |t: &mut Trainer| block_on(t.evaluate(Split::Validation)).unwrap();
    assert_eq!(evaluate(&mut moved), evaluate(&mut stayed));
}

#[test]
fn an_epoch_takes_every_image_once_in_another_order_each_time() {
    let data = data(24, 4);
    // A rate too small to change anything, so that losses belong to images and not to time.
    let mut trainer = trainer(plain(), &data, TrainOptions { learning_rate: 1e-30, optimizer: Optimizer::Sgd, ..options() });
    assert_eq!(trainer.steps_per_epoch(), 6);
    let whole = block_on(trainer.evaluate(Split::Train)).unwrap();
    let epochs = [run(&mut trainer, 6), run(&mut trainer, 6)];
    for metrics in &epochs {
        let loss = metrics.iter().map(|m| m.loss).sum::<f32>() / 6.0;
        let accuracy = metrics.iter().map(|m| m.accuracy).sum::<f32>() / 6.0;
        assert!((loss - whole.loss).abs() < 1e-5, "{loss} is not {}", whole.loss);
        assert!((accuracy - whole.accuracy).abs() < 1e-6);
    }
    let losses = |metrics: &[StepMetric]| metrics.iter().map(|m| m.loss).collect::<Vec<_>>();
    assert_ne!(losses(&epochs[0]), losses(&epochs[1]));
}

#[test]
fn evaluation_counts_every_image_once() {
    for n in [1, 127, 128, 129, 300] {
        let data = data(22, n);
        let mut trainer = trainer(stateful(), &data, options());
        run(&mut trainer, 10);
        let evaluation = block_on(trainer.evaluate(Split::Validation)).unwrap();

        // All images as one batch, in evaluation mode.
        let b = Builder::new();
        let x = b.input("x", [n, 1, 4, 4], DType::F32);
        let labels = b.constant(Tensor::u32([n], data.validation.labels.clone()).unwrap());
        let logits = trainer.model().forward(&b, x, Mode::Eval).unwrap().logits;
        b.output("loss", loss::cross_entropy(logits, labels));
        b.output("p", logits.log_softmax().exp());
        let mut program = Device::cpu().compile(&b.finish().unwrap()).unwrap();
        let images = Tensor::f32([n, 1, 4, 4], data.validation.pixels.clone()).unwrap();
        program.run(trainer.store_mut(), &[("x", &images)], 1).unwrap();
        let value = |name| block_on(program.output(name)).unwrap().into_f32().unwrap();
        let (loss, p) = (value("loss")[0], value("p"));

        assert_eq!((evaluation.predictions.len(), evaluation.confidences.len()), (n, n));
        assert_eq!(evaluation.labels, data.validation.labels);
        assert!((evaluation.loss - loss).abs() < 1e-5, "{n}: {} is not {loss}", evaluation.loss);
        let mut right = 0;
        for (i, row) in p.chunks(2).enumerate() {
            let predicted = u32::from(row[1] > row[0]);
            assert_eq!(evaluation.predictions[i], predicted);
            assert!((evaluation.confidences[i] - row[predicted as usize]).abs() < 1e-6);
            right += usize::from(predicted == evaluation.labels[i]);
        }
        assert_eq!(evaluation.accuracy, right as f32 / n as f32);
    }
}

#[test]
fn looking_does_not_train() {
    let data = data(22, 4);
    let mut trainer = trainer(stateful(), &data, options());
    run(&mut trainer, 3);
    let before = checkpoint(&trainer);
    block_on(trainer.evaluate(Split::Validation)).unwrap();
    block_on(trainer.evaluate(Split::Train)).unwrap();
    assert_eq!(checkpoint(&trainer), before);
}

#[test]
fn a_missing_validation_part_is_an_error_and_training_goes_on() {
    let data = data(22, 0);
    let mut trainer = trainer(plain(), &data, options());
    assert_eq!(block_on(trainer.evaluate(Split::Validation)).unwrap_err().code(), "run");
    run(&mut trainer, 3);
}

#[test]
fn divergence_names_step_and_layer_and_the_run_can_go_on() {
    let data = data(22, 4);
    let mut trainer = trainer(plain(), &data, TrainOptions { optimizer: Optimizer::Sgd, ..options() });
    let good = run(&mut trainer, 5);
    trainer.set_learning_rate(1e30).unwrap();
    // The update of step 6 makes weights near 1e30: dense1 still gives numbers near 1e30, their products in dense2 are too large.
    let metrics = block_on(trainer.run(50)).unwrap();
    assert_eq!(metrics.len(), 1);
    let report = trainer.divergence().expect("diverged").clone();
    assert_eq!((report.step, report.layer.as_str(), report.checkpoint_step), (7, "dense2", 5));
    assert!((report.suggested_learning_rate / 1e29 - 1.0).abs() < 1e-5);
    assert!(report.message.contains("step 7") && report.message.contains("dense2"), "{}", report.message);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((json["checkpointStep"].as_u64(), json["suggestedLearningRate"].is_number()), (Some(5), true));

    assert_eq!(trainer.step(), 5, "back at the checkpoint");
    assert!(weights(&trainer).iter().all(|w| w.is_finite()));
    trainer.set_learning_rate(0.01).unwrap();
    assert_eq!(run(&mut trainer, 20)[0].step, 6);
    assert!(trainer.divergence().is_none());
    assert_eq!(good.len(), 5);
}

#[test]
fn a_broken_update_is_told_from_broken_values() {
    let data = data(22, 4);
    // Weights themselves overflow: the rate is near the largest number.
    let steep = TrainOptions { optimizer: Optimizer::Momentum { momentum: 0.9 }, learning_rate: 3e38, ..options() };
    let mut trainer = trainer(model_of(vec![Layer::Dense { units: 2 }]), &data, steep);
    let metrics = block_on(trainer.run(50)).unwrap();
    let report = trainer.divergence().expect("diverged");
    assert_eq!((report.layer.as_str(), report.step as usize, report.checkpoint_step), ("dense1", metrics.len() + 1, 0));
}

#[test]
fn the_learning_rate_can_be_changed_live() {
    let data = data(22, 4);
    let (mut changed, mut other) = (trainer(plain(), &data, options()), trainer(plain(), &data, options()));
    run(&mut changed, 3);
    run(&mut other, 3);
    changed.set_learning_rate(0.1).unwrap();
    assert_eq!(run(&mut changed, 1), run(&mut other, 1), "a step measures before it changes the weights");
    assert_ne!(run(&mut changed, 1), run(&mut other, 1));
    for rate in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(changed.set_learning_rate(rate).unwrap_err().code(), "option");
    }
    assert_eq!(changed.learning_rate(), 0.1);
}

#[test]
fn the_schedule_and_the_clip_are_part_of_the_step() {
    let data = data(22, 4);
    let sgd = TrainOptions { optimizer: Optimizer::Sgd, learning_rate: 1.0, ..options() };
    let mut cooled = trainer(plain(), &data, TrainOptions { schedule: Schedule::Cosine { steps: 2 }, ..sgd.clone() });
    run(&mut cooled, 2);
    let before = weights(&cooled);
    run(&mut cooled, 3);
    assert_eq!(weights(&cooled), before, "the rate is 0 from step 2 on");

    let mut clipped = trainer(plain(), &data, TrainOptions { clip: Some(Clip::Value { limit: 1e-3 }), ..sgd });
    let before = weights(&clipped);
    run(&mut clipped, 1);
    let moves: Vec<f32> = weights(&clipped).iter().zip(&before).map(|(a, b)| (a - b).abs()).collect();
    assert!(moves.iter().all(|&m| m < 1.001e-3));
    assert!(moves.iter().any(|&m| m > 0.999e-3), "the limit is reached");
}

#[test]
fn early_stopping_waits_and_restores_the_best_weights() {
    let data = data(22, 4);
    let mut trainer = trainer(stateful(), &data, options());
    let mut stopping = EarlyStopping::new(2);
    let mut best = Vec::new();
    // Stops after two in a row that are no better; a loss that is no number is no better.
    let course = [(1.0, false), (0.5, false), (0.7, false), (0.4, false), (0.4, false), (f32::NAN, true)];
    for (i, (loss, stop)) in course.into_iter().enumerate() {
        run(&mut trainer, 2);
        assert_eq!(block_on(stopping.observe(&trainer, loss)).unwrap(), stop, "observation {i}");
        if i == 3 {
            best = weights(&trainer);
        }
    }
    assert_eq!(stopping.best(), Some((0.4, 8)));
    assert_ne!(weights(&trainer), best);
    stopping.restore_best(&mut trainer).unwrap();
    assert_eq!((weights(&trainer), trainer.step()), (best, 12));
    run(&mut trainer, 2);
}

#[test]
fn fitting_reports_epochs_and_may_be_broken_off() {
    use std::ops::ControlFlow;
    let data = data(40, 10);
    let mut trainer = trainer(plain(), &data, TrainOptions { learning_rate: 0.05, ..options() });
    let history = block_on(trainer.fit(50, None, |epoch| match epoch.validation.accuracy == 1.0 {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }))
    .unwrap();
    assert!(history.len() < 50, "an easy task");
    assert_eq!(trainer.step() as usize, history.len() * 10);
    assert_eq!(history.last().unwrap().validation.accuracy, 1.0);
    let diverging = block_on({
        trainer.set_learning_rate(1e38).unwrap();
        trainer.fit(5, Some(3), |_| ControlFlow::Continue(()))
    });
    assert_eq!(diverging.unwrap_err().code(), "run");
}

#[test]
fn options_outside_their_range_are_refused() {
    let data = data(22, 4);
    let bad = [
        TrainOptions { batch_size: 0, ..options() },
        TrainOptions { batch_size: 23, ..options() },
        TrainOptions { learning_rate: 0.0, ..options() },
        TrainOptions { learning_rate: f32::NAN, ..options() },
        TrainOptions { weight_decay: -0.1, ..options() },
        TrainOptions { weight_decay: f32::INFINITY, ..options() },
        TrainOptions { optimizer: Optimizer::Momentum { momentum: 1.0 }, ..options() },
        TrainOptions { schedule: Schedule::WarmUp { steps: 0 }, ..options() },
        TrainOptions { clip: Some(Clip::Norm { limit: 0.0 }), ..options() },
    ];
    for options in bad {
        assert_eq!(error(plain(), &data, options.clone()).code(), "option", "{options:?}");
    }
    run(&mut trainer(plain(), &data, TrainOptions { batch_size: 22, ..options() }), 2);
    assert_eq!(error(model_of(vec![Layer::Dense { units: 3 }]), &data, options()).code(), "data");
    let wide = Architecture { input: [1, 4, 5], mean: vec![], std: vec![], layers: vec![Layer::Dense { units: 2 }] };
    assert_eq!(error(Model::new(wide).unwrap(), &data, options()).code(), "data");
}

#[test]
fn options_are_the_pages_json() {
    let json = r#"{"batchSize":16,"optimizer":{"type":"adamw"},"learningRate":0.01,"schedule":{"type":"warm-up","steps":5},
        "weightDecay":0.01,"clip":{"type":"norm","limit":1},"seed":7}"#;
    let read: TrainOptions = serde_json::from_str(json).unwrap();
    let expected = TrainOptions {
        batch_size: 16,
        optimizer: Optimizer::Adamw { beta1: 0.9, beta2: 0.999 },
        learning_rate: 0.01,
        schedule: Schedule::WarmUp { steps: 5 },
        weight_decay: 0.01,
        clip: Some(Clip::Norm { limit: 1.0 }),
        seed: 7,
    };
    assert_eq!(read, expected);
    let short: TrainOptions =
        serde_json::from_str(r#"{"batchSize":1,"optimizer":{"type":"sgd"},"learningRate":1,"seed":0}"#).unwrap();
    assert_eq!((short.schedule, short.weight_decay, short.clip), (Schedule::Constant, 0.0, None));
}
