//! What is measured: graphs of one operation (or of a few, where the operation is made of them) between states, so that nothing is
//! copied in or out.

use vitrine::device::{Device, DeviceKind, Program, Store};
use vitrine::graph::{Builder, Conv2d, DType, Op, Pool2d, Reduce, Shape, Var};
use vitrine::nn::{Init, Optimizer, Parameter, ParameterKind};
use vitrine::tensor::Tensor;

/// A state of one value that no kernel touches: reading it waits for everything that was enqueued before.
pub const FLAG: &str = "flag";

/// What one step has to do at the least.
#[derive(Clone, Copy)]
pub enum Work {
    /// Multiplications and additions of single values.
    Operations(u64),
    /// Read and written, each value once.
    Bytes(u64),
}

type Build = Box<dyn for<'b> Fn(&'b Builder, &[Var<'b>])>;

pub struct Bench {
    pub kernel: &'static str,
    pub shape: String,
    pub work: Work,
    states: Vec<(&'static str, Shape)>,
    build: Build,
}

impl Bench {
    pub fn new(
        (kernel, shape): (&'static str, String),
        work: Work,
        states: Vec<(&'static str, Shape)>,
        build: impl for<'b> Fn(&'b Builder, &[Var<'b>]) + 'static,
    ) -> Self {
        Self { kernel, shape, work, states, build: Box::new(build) }
    }

    pub fn id(&self) -> String {
        format!("{} {}", self.kernel, self.shape)
    }

    /// The program, and a store with numbers between −1 and 1 that no shortcut can be taken with.
    pub fn prepare(&self, device: &Device) -> (Program, Store) {
        let b = Builder::new();
        let states: Vec<Var> = self.states.iter().map(|(name, shape)| b.state(name, shape.clone(), DType::F32)).collect();
        (self.build)(&b, &states);
        let graph = b.finish().expect("shapes fit");
        let program = device.compile(&graph).expect("a graph for every device");
        let mut store = device.store();
        store.set(FLAG, &Tensor::zeros([1], DType::F32)).expect("room for one value");
        for (name, (shape, dtype)) in graph.states() {
            assert_eq!(dtype, DType::F32, "{name}");
            let values = (0..shape.len()).map(|i| (12.9898 * (i % 9973) as f32).sin()).collect();
            store.set(&name, &Tensor::f32(shape, values).expect("as many values as the shape has")).expect("room");
        }
        (program, store)
    }
}

/// All kernels at the sizes that are worth measuring on `device`.
pub fn all(device: &Device) -> Vec<Bench> {
    let info = device.info();
    let real_gpu = info.kind == DeviceKind::Gpu && !info.software;
    let mut all = vec![product(512)];
    let mut layers = vec![
        ("W1", [64, 16, 14, 14], 32, [3, 1]),        // the second convolution of the benchmarks' W1
        ("ResNet-20", [32, 32, 16, 16], 32, [3, 1]), // the middle of W6
    ];
    if info.kind == DeviceKind::Cpu || real_gpu {
        all.push(product(1024));
    }
    if real_gpu {
        all.push(product(4096));
        layers.extend([
            ("VGG", [32, 64, 224, 224], 64, [3, 1]),
            ("VGG", [32, 256, 56, 56], 256, [3, 1]),
            ("VGG", [32, 512, 14, 14], 512, [3, 1]),
            ("ResNet", [64, 3, 224, 224], 64, [7, 2]),
            ("ResNet", [64, 64, 56, 56], 64, [3, 1]),
            ("ResNet", [64, 256, 56, 56], 64, [1, 1]),
            ("ResNet", [64, 256, 14, 14], 256, [3, 1]),
        ]);
    }
    for (name, x, filters, kernel) in layers {
        all.extend(convolutions(name, x, filters, kernel));
    }
    all.extend([pooling(), batch_norm(), log_softmax(), adam()]);
    all
}

fn product(n: usize) -> Bench {
    let work = Work::Operations(2 * (n as u64).pow(3));
    let square = Shape::from([n, n]);
    Bench::new(("GEMM", format!("{n}³")), work, vec![("a", square.clone()), ("b", square)], |b, states| {
        b.update("y", states[0].matmul(states[1]));
    })
}

/// A convolution with so much padding that a stride of 1 keeps the size, and both its gradients.
fn convolutions(name: &str, x: [usize; 4], filters: usize, [kernel, stride]: [usize; 2]) -> [Bench; 3] {
    let pad = (kernel - 1) / 2;
    let conv = Conv2d { stride: [stride; 2], pads: [[pad; 2]; 2], ..Conv2d::default() };
    let [n, c, h, w] = x;
    let [oh, ow] = conv.output([h, w], [kernel; 2]).expect("the kernel fits");
    let work = Work::Operations((2 * n * filters * oh * ow * c * kernel * kernel) as u64);
    let image = ("x", Shape::from(x));
    let weights = ("w", Shape::from([filters, c, kernel, kernel]));
    let dy = ("dy", Shape::from([n, filters, oh, ow]));
    let id = |kind: &'static str| (kind, format!("{name}: {n}×{c}×{h}×{w}, {filters} of {kernel}×{kernel}, stride {stride}"));
    let bench = |kind: &'static str, states: [&(&'static str, Shape); 2], op: Op| {
        Bench::new(id(kind), work, states.map(Clone::clone).to_vec(), move |b, states| {
            b.update("result", b.push(op.clone(), states));
        })
    };
    [
        bench("convolution", [&image, &weights], Op::Conv2d(conv)),
        bench("convolution, backward data", [&dy, &weights], Op::Conv2dInputGrad { conv, input: [h, w] }),
        bench("convolution, backward filter", [&image, &dy], Op::Conv2dWeightGrad { conv, kernel: [kernel; 2] }),
    ]
}

/// Bytes of so many values.
fn bytes(values: usize) -> Work {
    Work::Bytes(4 * values as u64)
}

fn pooling() -> Bench {
    let x = Shape::from([64, 16, 112, 112]);
    let pool = Pool2d { size: [2, 2], stride: [2, 2], pads: [[0, 0], [0, 0]] };
    let work = bytes(x.len() + x.len() / 4);
    Bench::new(("max pooling", "64×16×112×112, 2×2".into()), work, vec![("x", x)], move |b, states| {
        b.update("y", states[0].max_pool2d(pool));
    })
}

/// As in training: with the statistics of the batch. They have to be known before the first value is written, so x is read twice.
fn batch_norm() -> Bench {
    let x = Shape::from([64, 32, 56, 56]);
    let channels = Shape::from([1, 32, 1, 1]);
    let work = bytes(3 * x.len());
    let states = vec![("x", x), ("scale", channels.clone()), ("shift", channels)];
    Bench::new(("batch norm", "64×32×56×56".into()), work, states, |b, states| {
        let [x, scale, shift] = [states[0], states[1], states[2]];
        let centred = x - x.reduce_keep(Reduce::Mean, &[0, 2, 3]);
        let variance = centred.square().reduce_keep(Reduce::Mean, &[0, 2, 3]);
        b.update("y", centred * ((variance + 1e-5).rsqrt() * scale) + shift);
    })
}

fn log_softmax() -> Bench {
    let x = Shape::from([65_536, 100]);
    let work = bytes(2 * x.len());
    Bench::new(("log softmax", "65536×100".into()), work, vec![("x", x)], |b, states| b.update("y", states[0].log_softmax()))
}

/// Reads weight, gradient and two moments, writes all but the gradient.
fn adam() -> Bench {
    let shape = Shape::from([4_194_304]);
    let work = bytes(7 * shape.len());
    let states = vec![("model/dense/weight", shape.clone()), ("gradient", shape.clone())];
    Bench::new(("Adam", "4194304".into()), work, states, move |b, states| {
        let (name, shape) = ("model/dense/weight".to_string(), shape.clone());
        let parameter = Parameter { name, shape, kind: ParameterKind::Weight, init: Init::Constant(0.0) };
        Optimizer::default().update(&[parameter], &states[..1], &states[1..], b.scalar(1e-3), 0.0);
    })
}
