//! Own graphs: the instruction list that `www/engine/graph.ts` writes down, turned into a graph and run.

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Object;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::convert::{Answer, property, read_tensor, set, tensor};
use super::resident::{Resident, Shared, Slot};
use crate::device::{self, Device, Store};
use crate::error::{Error, Result};
use crate::graph::{Binary, Builder, Conv2d, DType, Distribution, Graph, Pool2d, Reduce, Type, Unary, Var};
use crate::tensor::Tensor;

/// One line of the list. Operands are numbers of earlier values; every instruction makes one value, `Grad` one per entry of `wrt`,
/// `Output` and `Update` none.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Instruction {
    Input { name: String, shape: Vec<usize>, dtype: ElementType },
    State { name: String, shape: Vec<usize>, dtype: ElementType },
    Constant { values: Vec<f32>, shape: Vec<usize> },
    Fill { value: f32, shape: Vec<usize> },
    Unary { function: UnaryFunction, x: usize },
    Binary { function: BinaryFunction, a: usize, b: usize },
    Select { condition: usize, a: usize, b: usize },
    Reshape { x: usize, shape: Vec<usize> },
    Transpose { x: usize, perm: Vec<usize> },
    Broadcast { x: usize, shape: Vec<usize> },
    Slice { x: usize, starts: Vec<usize>, sizes: Vec<usize> },
    Concat { parts: Vec<usize>, axis: usize },
    Reduce { function: ReduceFunction, x: usize, axes: Option<Vec<usize>> },
    Argmax { x: usize, axis: usize },
    LogSoftmax { x: usize },
    Matmul { a: usize, b: usize, transpose_a: bool, transpose_b: bool },
    Conv2d { x: usize, weight: usize, stride: usize, padding: usize, dilation: usize, groups: usize },
    Pool2d { function: PoolFunction, x: usize, size: usize, stride: usize, padding: usize },
    Gather { x: usize, index: usize },
    OneHot { x: usize, depth: usize },
    Random { distribution: RandomDistribution, key: usize, shape: Vec<usize> },
    Grad { y: usize, wrt: Vec<usize> },
    Output { name: String, x: usize },
    Update { name: String, x: usize },
}

/// A closed set of words of the list and what each stands for.
macro_rules! words {
    ($name:ident -> $target:ident { $($word:ident),* $(,)? }) => {
        #[derive(Clone, Copy, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($word),* }

        impl From<$name> for $target {
            fn from(word: $name) -> $target {
                match word { $($name::$word => $target::$word),* }
            }
        }
    };
}

words!(ElementType -> DType { F32, U32 });
words!(UnaryFunction -> Unary {
    Neg, Abs, Sign, Floor, Exp, Log, Sqrt, Rsqrt, Recip, Sin, Cos, Tanh, Sigmoid, Relu, Softplus, Erf,
});
words!(BinaryFunction -> Binary { Add, Sub, Mul, Div, Pow, Min, Max, Lt, Le, Gt, Ge, Eq, Ne });
words!(ReduceFunction -> Reduce { Sum, Mean, Max });
words!(RandomDistribution -> Distribution { Uniform, Normal });

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolFunction {
    Max,
    Mean,
}

/// The graph that `instructions` describe. Errors: `shape` where an operation does not fit, `graph` where an operand does not exist.
fn build(instructions: Vec<Instruction>) -> Result<Graph> {
    let builder = Builder::new();
    let mut values = Vec::new();
    for (line, instruction) in instructions.into_iter().enumerate() {
        emit(&builder, &mut values, line, instruction)?;
        builder.check()?;
    }
    builder.finish()
}

fn emit<'b>(builder: &'b Builder, values: &mut Vec<Var<'b>>, line: usize, instruction: Instruction) -> Result<()> {
    let get = |i: usize| match values.get(i) {
        Some(&value) => Ok(value),
        None => Err(Error::Graph(format!("instruction {line} uses value {i}, which does not exist yet"))),
    };
    let get_all = |list: Vec<usize>| list.into_iter().map(get).collect::<Result<Vec<_>>>();
    let value = match instruction {
        Instruction::Input { name, shape, dtype } => builder.input(&name, shape, dtype.into()),
        Instruction::State { name, shape, dtype } => builder.state(&name, shape, dtype.into()),
        Instruction::Constant { values, shape } => builder.constant(Tensor::f32(shape, values)?),
        Instruction::Fill { value, shape } => builder.fill(value, shape),
        Instruction::Unary { function, x } => get(x)?.unary(function.into()),
        Instruction::Binary { function, a, b } => get(a)?.binary(function.into(), get(b)?),
        Instruction::Select { condition, a, b } => get(condition)?.select(get(a)?, get(b)?),
        Instruction::Reshape { x, shape } => get(x)?.reshape(shape),
        Instruction::Transpose { x, perm } => get(x)?.transpose(&perm),
        Instruction::Broadcast { x, shape } => get(x)?.broadcast(shape),
        Instruction::Slice { x, starts, sizes } => get(x)?.slice(&starts, &sizes),
        Instruction::Concat { parts, axis } => builder.concat(axis, &get_all(parts)?),
        Instruction::Reduce { function, x, axes } => {
            let x = get(x)?;
            x.reduce(function.into(), &axes.unwrap_or_else(|| (0..x.rank()).collect()))
        }
        Instruction::Argmax { x, axis } => get(x)?.argmax(axis),
        Instruction::LogSoftmax { x } => get(x)?.log_softmax(),
        Instruction::Matmul { a, b, transpose_a, transpose_b } => get(a)?.matmul_t(transpose_a, get(b)?, transpose_b),
        Instruction::Conv2d { x, weight, stride, padding, dilation, groups } => {
            let conv = Conv2d { stride: [stride; 2], pads: [[padding; 2]; 2], dilation: [dilation; 2], groups };
            get(x)?.conv2d(get(weight)?, conv)
        }
        Instruction::Pool2d { function, x, size, stride, padding } => {
            let pool = Pool2d { size: [size; 2], stride: [stride; 2], pads: [[padding; 2]; 2] };
            match function {
                PoolFunction::Max => get(x)?.max_pool2d(pool),
                PoolFunction::Mean => get(x)?.avg_pool2d(pool),
            }
        }
        Instruction::Gather { x, index } => get(x)?.gather(get(index)?),
        Instruction::OneHot { x, depth } => get(x)?.one_hot(depth),
        Instruction::Random { distribution, key, shape } => builder.random(distribution.into(), get(key)?, shape),
        Instruction::Grad { y, wrt } => {
            let gradients = builder.grad(get(y)?, &get_all(wrt)?);
            values.extend(gradients);
            return Ok(());
        }
        Instruction::Output { name, x } => {
            builder.output(&name, get(x)?);
            return Ok(());
        }
        Instruction::Update { name, x } => {
            builder.update(&name, get(x)?);
            return Ok(());
        }
    };
    values.push(value);
    Ok(())
}

/// A compiled graph with its states.
struct Compiled {
    graph: Graph,
    program: device::Program,
    store: Store,
    generation: u32,
}

impl Compiled {
    fn new(device: &Device, graph: Graph, generation: u32) -> Result<Self> {
        let program = device.compile(&graph)?;
        let mut store = device.store();
        for (name, (shape, dtype)) in graph.states() {
            store.set(name, &Tensor::zeros(shape, dtype))?;
        }
        Ok(Self { graph, program, store, generation })
    }
}

impl Resident for Compiled {
    async fn move_to(&mut self, device: &Device) -> Result<()> {
        if !self.graph.states().is_empty() {
            return Err(Error::DeviceLost("the states of this program went with it; make the program again".into()));
        }
        *self = Self::new(device, std::mem::take(&mut self.graph), self.generation)?;
        Ok(())
    }

    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

#[wasm_bindgen]
pub struct Program {
    shared: Rc<Shared>,
    compiled: Rc<Slot<Compiled>>,
}

impl Program {
    pub(super) fn create(shared: Rc<Shared>, instructions: Vec<Instruction>) -> Result<Self> {
        let compiled = Slot::new(Compiled::new(&shared.device(), build(instructions)?, shared.generation())?);
        Ok(Self { shared, compiled })
    }
}

#[wasm_bindgen]
impl Program {
    /// `inputs`: values by name. The outputs, by name, after the last of `steps` runs.
    pub async fn run(&self, inputs: JsValue, steps: usize) -> Answer<JsValue> {
        let outputs = self
            .shared
            .run(&self.compiled, async |it| {
                let inputs = read_inputs(&it.graph, &inputs)?;
                let inputs: Vec<_> = inputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
                it.program.run(&mut it.store, &inputs, steps)?;
                let outputs = Object::new();
                for name in it.graph.outputs.keys() {
                    set(&outputs, name, &tensor(&it.program.output(name).await?));
                }
                Ok(outputs)
            })
            .await?;
        Ok(outputs.into())
    }

    #[wasm_bindgen(js_name = setState)]
    pub fn set_state(&self, name: String, values: JsValue) -> Answer<()> {
        let mut it = self.compiled.take()?;
        let declared = it.graph.states().get(name.as_str()).cloned();
        let declared = declared.ok_or_else(|| Error::Run(format!("there is no state `{name}`")))?;
        it.store.set(&name, &read_tensor(declared, &values)?)?;
        Ok(())
    }

    pub async fn state(&self, name: String) -> Answer<JsValue> {
        let state = self.shared.run(&self.compiled, async |it| it.store.get(&name).await).await?;
        Ok(tensor(&state))
    }
}

/// The values that `graph` wants, from the properties of `values`.
fn read_inputs(graph: &Graph, values: &JsValue) -> Result<BTreeMap<String, Tensor>> {
    let read = |(name, declared): (&str, Type)| {
        let value = property(values, name);
        if value.is_undefined() {
            return Err(Error::Run(format!("the input `{name}` is missing")));
        }
        Ok((name.to_string(), read_tensor(declared, &value)?))
    };
    graph.inputs().into_iter().map(read).collect()
}
