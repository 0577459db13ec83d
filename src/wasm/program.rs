//! Own graphs: the instruction list that `www/engine/graph.ts` writes down, turned into a graph and run.

use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::convert::{Answer, property, read_tensor, set, tensor};
use super::resident::{Resident, Shared, Slot};
use crate::device::{self, Device, Store};
use crate::error::{Error, Result};
use crate::graph::{Binary, Builder, Conv2d, DType, Distribution, Graph, Pool2d, Reduce, Type, Unary, Var};
use crate::named::Named;
use crate::tensor::Tensor;

/// The element-wise functions that the list may name.
const UNARY: [Unary; 16] = {
    use Unary::*;
    [Neg, Abs, Sign, Floor, Exp, Log, Sqrt, Rsqrt, Recip, Sin, Cos, Tanh, Sigmoid, Relu, Softplus, Erf]
};
const BINARY: [Binary; 13] = {
    use Binary::*;
    [Add, Sub, Mul, Div, Pow, Min, Max, Lt, Le, Gt, Ge, Eq, Ne]
};

/// One line of the list: an operation and its attributes. Operands are numbers of earlier values; every instruction makes one value,
/// `grad` one per entry of `wrt`, `output` and `update` none. Read by hand: a derived parser of all this is 60 KB of the download.
struct Instruction {
    line: usize,
    object: JsValue,
}

impl Instruction {
    /// The attribute `name` as `read` understands it, or an error that calls it a `kind`.
    fn get<T>(&self, name: &str, kind: &str, read: impl FnOnce(&JsValue) -> Option<T>) -> Result<T> {
        read(&property(&self.object, name)).ok_or_else(|| self.wrong(name, kind))
    }

    fn wrong(&self, name: &str, kind: &str) -> Error {
        Error::Option { name: "program", message: format!("`{name}` of instruction {} must be {kind}", self.line) }
    }

    fn text(&self, name: &str) -> Result<String> {
        self.get(name, "a string", JsValue::as_string)
    }

    fn flag(&self, name: &str) -> Result<bool> {
        self.get(name, "true or false", JsValue::as_bool)
    }

    fn number(&self, name: &str) -> Result<usize> {
        self.get(name, "a whole number", whole)
    }

    fn numbers(&self, name: &str) -> Result<Vec<usize>> {
        self.get(name, "a list of whole numbers", |list| list.dyn_ref::<Array>()?.iter().map(|value| whole(&value)).collect())
    }

    /// One of `all`, by its name.
    fn word<T: Copy, const N: usize>(&self, name: &str, all: [(&str, T); N]) -> Result<T> {
        let word = self.text(name)?;
        match all.iter().find(|(known, _)| *known == word) {
            Some((_, meaning)) => Ok(*meaning),
            None => Err(self.wrong(name, &format!("one of {}", all.map(|(known, _)| known).join(", ")))),
        }
    }

    fn convolution(&self) -> Result<Conv2d> {
        let (stride, padding, dilation) = (self.number("stride")?, self.number("padding")?, self.number("dilation")?);
        Ok(Conv2d { stride: [stride; 2], pads: [[padding; 2]; 2], dilation: [dilation; 2], groups: self.number("groups")? })
    }

    fn kind(&self) -> Result<DType> {
        self.word("dtype", [("f32", DType::F32), ("u32", DType::U32)])
    }
}

/// A number that counts something; none is as large as 2³².
fn whole(value: &JsValue) -> Option<usize> {
    value
        .as_f64()
        .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))
        .map(|number| number as usize)
}

/// The graph that `instructions`, a list, describe. Errors: `option` where one is malformed, `shape` where an operation does not fit,
/// `graph` where an operand does not exist.
fn build(instructions: &JsValue) -> Result<Graph> {
    let list = instructions.dyn_ref::<Array>().ok_or_else(|| Error::option("program", "must be a list of instructions"))?;
    let builder = Builder::new();
    let mut values = Vec::new();
    for (line, object) in list.iter().enumerate() {
        emit(&builder, &mut values, &Instruction { line, object })?;
        builder.check()?;
    }
    builder.finish()
}

fn emit<'b>(builder: &'b Builder, values: &mut Vec<Var<'b>>, it: &Instruction) -> Result<()> {
    let earlier = |i: usize| match values.get(i) {
        Some(&value) => Ok(value),
        None => Err(Error::Graph(format!("instruction {} uses value {i}, which does not exist yet", it.line))),
    };
    let get = |name: &str| earlier(it.number(name)?);
    let get_all = |name: &str| it.numbers(name)?.into_iter().map(earlier).collect::<Result<Vec<_>>>();
    let value = match it.text("op")?.as_str() {
        "input" => builder.input(&it.text("name")?, it.numbers("shape")?, it.kind()?),
        "state" => builder.state(&it.text("name")?, it.numbers("shape")?, it.kind()?),
        "constant" => {
            let shape = it.numbers("shape")?;
            builder.constant(read_tensor((shape.into(), DType::F32), &property(&it.object, "values"))?)
        }
        "fill" => builder.fill(it.get("value", "a number", JsValue::as_f64)? as f32, it.numbers("shape")?),
        "unary" => get("x")?.unary(it.word("function", UNARY.map(|f| (f.name(), f)))?),
        "binary" => get("a")?.binary(it.word("function", BINARY.map(|f| (f.name(), f)))?, get("b")?),
        "select" => get("condition")?.select(get("a")?, get("b")?),
        "reshape" => get("x")?.reshape(it.numbers("shape")?),
        "transpose" => get("x")?.transpose(&it.numbers("perm")?),
        "broadcast" => get("x")?.broadcast(it.numbers("shape")?),
        "slice" => get("x")?.slice(&it.numbers("starts")?, &it.numbers("sizes")?),
        "concat" => builder.concat(it.number("axis")?, &get_all("parts")?),
        "reduce" => {
            let x = get("x")?;
            let all = property(&it.object, "axes").is_undefined();
            let axes = if all { (0..x.rank()).collect() } else { it.numbers("axes")? };
            x.reduce(it.word("function", [("sum", Reduce::Sum), ("mean", Reduce::Mean), ("max", Reduce::Max)])?, &axes)
        }
        "argmax" => get("x")?.argmax(it.number("axis")?),
        "log-softmax" => get("x")?.log_softmax(),
        "matmul" => get("a")?.matmul_t(it.flag("transposeA")?, get("b")?, it.flag("transposeB")?),
        "conv2d" => get("x")?.conv2d(get("weight")?, it.convolution()?),
        "conv2d-transpose" => {
            let output = it.get("output", "[height, width]", |list| match &list.dyn_ref::<Array>()?.to_vec()[..] {
                [height, width] => Some([whole(height)?, whole(width)?]),
                _ => None,
            })?;
            get("x")?.conv2d_transpose(get("weight")?, it.convolution()?, output)
        }
        "pool2d" => {
            let (size, stride, padding) = (it.number("size")?, it.number("stride")?, it.number("padding")?);
            let pool = Pool2d { size: [size; 2], stride: [stride; 2], pads: [[padding; 2]; 2] };
            let x = get("x")?;
            if it.word("function", [("max", true), ("mean", false)])? { x.max_pool2d(pool) } else { x.avg_pool2d(pool) }
        }
        "gather" => get("x")?.gather(get("index")?),
        "one-hot" => get("x")?.one_hot(it.number("depth")?),
        "random" => {
            let distribution = it.word("distribution", [("uniform", Distribution::Uniform), ("normal", Distribution::Normal)])?;
            builder.random(distribution, get("key")?, it.numbers("shape")?)
        }
        "grad" => {
            let gradients = builder.grad(get("y")?, &get_all("wrt")?);
            values.extend(gradients);
            return Ok(());
        }
        "output" => {
            builder.output(&it.text("name")?, get("x")?);
            return Ok(());
        }
        "update" => {
            builder.update(&it.text("name")?, get("x")?);
            return Ok(());
        }
        _ => return Err(it.wrong("op", "an operation of www/engine/graph.ts")),
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
            store.set(&name, &Tensor::zeros(shape, dtype))?;
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
    pub(super) fn create(shared: Rc<Shared>, instructions: &JsValue) -> Result<Self> {
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
                let inputs: Vec<_> = inputs.iter().collect();
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
fn read_inputs(graph: &Graph, values: &JsValue) -> Result<Named<Tensor>> {
    let read = |(name, declared): (String, Type)| {
        let value = property(values, &name);
        if value.is_undefined() {
            return Err(Error::Run(format!("the input `{name}` is missing")));
        }
        Ok((name, read_tensor(declared, &value)?))
    };
    graph.inputs().into_iter().map(read).collect()
}
