//! Between JavaScript's values and ours.

use js_sys::{Array, Float32Array, Object, Reflect, Uint32Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::error::{Error, Result};
use crate::explain::{Cost, Details, Explanation, Method};
use crate::graph::{DType, Shape, Type};
use crate::tensor::{Data, Tensor};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker began.
    #[wasm_bindgen(js_namespace = performance)]
    pub fn now() -> f64;
}

/// Since the worker began.
pub fn seconds() -> f64 {
    now() / 1000.0
}

/// An error on its way to JavaScript.
pub struct Thrown(Error);

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Thrown> for JsValue {
    fn from(Thrown(error): Thrown) -> Self {
        #[derive(Serialize)]
        struct Fields<'a> {
            code: &'a str,
            message: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            layer: Option<usize>,
        }
        let layer = match error {
            Error::Layer { layer, .. } => Some(layer),
            _ => None,
        };
        to_js(&Fields { code: error.code(), message: error.to_string(), layer })
    }
}

/// What every exported method returns.
pub type Answer<T> = std::result::Result<T, Thrown>;

/// A plain object from `value`: maps become objects, `None` becomes `null`.
pub fn to_js<T: Serialize>(value: &T) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    value.serialize(&serializer).expect("plain data is serialisable")
}

/// `value` parsed as a `T`; `what` names it in the error, whose code is `option`.
pub fn from_js<T: DeserializeOwned>(what: &'static str, value: JsValue) -> Result<T> {
    serde_wasm_bindgen::from_value(value).map_err(|error| Error::option(what, parse_message(&error)))
}

/// What is wrong with a value, without the `Error: ` that JavaScript puts before it.
pub fn parse_message(error: &serde_wasm_bindgen::Error) -> String {
    let message = error.to_string();
    message.strip_prefix("Error: ").unwrap_or(&message).to_string()
}

/// The property `name` of `object`, `undefined` where there is none or `object` is no object.
pub fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// An object with the given properties.
pub fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        set(&object, name, &value);
    }
    object.into()
}

/// Sets one property of a plain object.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("plain objects take properties");
}

/// A copy for JavaScript.
pub fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

/// A copy for JavaScript.
pub fn indices(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

/// `{ shape, data }`.
pub fn tensor(tensor: &Tensor) -> JsValue {
    let data = match tensor.data() {
        Data::F32(values) => floats(values),
        Data::U32(values) => indices(values),
    };
    object([("shape", to_js(&tensor.shape().to_vec())), ("data", data)])
}

/// `{ name, shape, data }`, the `Named` of types.ts.
pub fn named(name: &str, value: &Tensor) -> JsValue {
    let js = tensor(value);
    set(js.unchecked_ref(), "name", &name.into());
    js
}

/// An `Explanation` of types.ts, which took so many milliseconds.
pub fn explanation(found: &Explanation, milliseconds: f64) -> JsValue {
    let Cost { forward, backward, bytes } = found.cost;
    let cost = [
        ("forward", forward.into()),
        ("backward", backward.into()),
        ("milliseconds", milliseconds.into()),
        ("bytes", bytes.into()),
    ];
    object([
        ("method", to_js(&found.method)),
        ("layer", to_js(&found.layer)),
        ("maps", floats(&found.maps)),
        ("height", found.height.into()),
        ("width", found.width.into()),
        ("classes", indices(&found.classes)),
        ("signed", found.method.about().signed.into()),
        ("note", found.note.map_or(JsValue::NULL, JsValue::from)),
        ("details", found.details.iter().map(details).collect::<Array>().into()),
        ("cost", object(cost)),
    ])
}

fn details(known: &Details) -> JsValue {
    let number = |value: Option<f32>| value.map_or(JsValue::NULL, JsValue::from);
    let list = |values: &[f32]| if values.is_empty() { JsValue::NULL } else { floats(values) };
    let column = |i: usize| floats(&known.path.iter().map(|point| point[i]).collect::<Vec<_>>());
    let path = match known.path.is_empty() {
        true => JsValue::NULL,
        false => object([("alpha", column(0)), ("score", column(1)), ("slope", column(2))]),
    };
    let surrogate = known.surrogate.as_ref().map_or(JsValue::NULL, |(segments, fit)| {
        object([
            ("segments", indices(segments)),
            ("weights", floats(&fit.weights)),
            ("intercept", fit.intercept.into()),
            ("r2", fit.r2.into()),
        ])
    });
    object([
        ("score", known.score.into()),
        ("baselineScore", number(known.baseline_score)),
        ("baseline", list(&known.baseline)),
        ("total", number(known.total)),
        ("completenessError", number(known.completeness_error())),
        ("units", list(&known.units)),
        ("path", path),
        ("surrogate", surrogate),
    ])
}

/// `ExplainMethodInfo[]`.
pub fn explain_methods() -> Array {
    let info = |method: Method| {
        let about = to_js(method.about());
        set(about.unchecked_ref(), "id", &to_js(&method));
        set(about.unchecked_ref(), "versions", &method.takes_versions().into());
        about
    };
    Method::all().map(info).collect()
}

/// A typed array or an array of numbers as a tensor of the declared type, by JavaScript's own conversion.
pub fn read_tensor((shape, dtype): Type, values: &JsValue) -> Result<Tensor> {
    if !(values.is_instance_of::<Float32Array>() || values.is_instance_of::<Uint32Array>() || Array::is_array(values)) {
        return Err(Error::Run("values must be a Float32Array, a Uint32Array or an array of numbers".into()));
    }
    match dtype {
        DType::F32 => Tensor::f32(shape, Float32Array::new(values).to_vec()),
        DType::U32 => Tensor::u32(shape, Uint32Array::new(values).to_vec()),
    }
}

/// How many images of `shape` `pixels` holds: at least one, and whole ones.
pub fn count_images(pixels: &[f32], shape: [usize; 3]) -> Result<usize> {
    let one: usize = shape.iter().product();
    match pixels.len() {
        0 => Err(Error::option("images", "there is no image")),
        len if len % one != 0 => {
            let shape = Shape::from(shape);
            Err(Error::option("images", format!("{len} values are not whole images of shape {shape}, {one} values each")))
        }
        len => Ok(len / one),
    }
}

/// An error unless there are `n` labels below `classes`.
pub fn check_labels(labels: &[u32], n: usize, classes: usize) -> Result<()> {
    if labels.len() != n {
        return Err(Error::option("labels", format!("{} labels for {n} images", labels.len())));
    }
    match labels.iter().find(|&&label| label as usize >= classes) {
        Some(label) => Err(Error::option("labels", format!("label {label} is not one of the classes 0 to {}", classes - 1))),
        None => Ok(()),
    }
}
