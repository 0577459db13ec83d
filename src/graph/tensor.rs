//! A tensor on the host: a shape and its row-major values. The currency between programs, files and the page.

use crate::error::{Error, Result};
use crate::{DType, Shape};

/// Row-major values of one of the two element types.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    F32(Vec<f32>),
    U32(Vec<u32>),
}

/// A host tensor. Its number of values always equals the product of its dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Shape,
    data: Data,
}

impl Tensor {
    /// A float tensor; an error when `values` does not fill `shape` exactly.
    pub fn f32(shape: impl Into<Shape>, values: Vec<f32>) -> Result<Self> {
        Self::new(shape.into(), Data::F32(values))
    }

    /// An index tensor; an error when `values` does not fill `shape` exactly.
    pub fn u32(shape: impl Into<Shape>, values: Vec<u32>) -> Result<Self> {
        Self::new(shape.into(), Data::U32(values))
    }

    fn new(shape: Shape, data: Data) -> Result<Self> {
        let len = match &data {
            Data::F32(v) => v.len(),
            Data::U32(v) => v.len(),
        };
        if shape.len() != len {
            return Err(Error::Run(format!("a tensor of shape {shape} holds {} values, not {len}", shape.len())));
        }
        Ok(Self { shape, data })
    }

    /// A float tensor with every value 0.
    pub fn zeros(shape: impl Into<Shape>, dtype: DType) -> Self {
        let shape = shape.into();
        let data = match dtype {
            DType::F32 => Data::F32(vec![0.0; shape.len()]),
            DType::U32 => Data::U32(vec![0; shape.len()]),
        };
        Self { shape, data }
    }

    /// A float tensor of rank 0.
    pub fn scalar(value: f32) -> Self {
        Self { shape: Shape::scalar(), data: Data::F32(vec![value]) }
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    pub fn dtype(&self) -> DType {
        match self.data {
            Data::F32(_) => DType::F32,
            Data::U32(_) => DType::U32,
        }
    }

    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.shape.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as floats; an error for an index tensor.
    pub fn as_f32(&self) -> Result<&[f32]> {
        match &self.data {
            Data::F32(v) => Ok(v),
            Data::U32(_) => Err(Error::Run(format!("expected an f32 tensor, got u32{}", self.shape))),
        }
    }

    /// The values as indices; an error for a float tensor.
    pub fn as_u32(&self) -> Result<&[u32]> {
        match &self.data {
            Data::U32(v) => Ok(v),
            Data::F32(_) => Err(Error::Run(format!("expected a u32 tensor, got f32{}", self.shape))),
        }
    }

    /// The float values, taken out of the tensor; an error for an index tensor.
    pub fn into_f32(self) -> Result<Vec<f32>> {
        match self.data {
            Data::F32(v) => Ok(v),
            Data::U32(_) => Err(Error::Run(format!("expected an f32 tensor, got u32{}", self.shape))),
        }
    }

    /// The values as little-endian bytes, four a value.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Data::F32(v) => bytemuck::cast_slice(v),
            Data::U32(v) => bytemuck::cast_slice(v),
        }
    }

    /// A tensor from little-endian bytes, four a value; an error when they do not fill `shape` exactly.
    pub fn from_bytes(shape: impl Into<Shape>, dtype: DType, bytes: &[u8]) -> Result<Self> {
        let words = bytes.chunks_exact(4);
        if !words.remainder().is_empty() {
            return Err(Error::Run(format!("{} bytes are not whole 4-byte values", bytes.len())));
        }
        match dtype {
            DType::F32 => Self::f32(shape, words.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()),
            DType::U32 => Self::u32(shape, words.map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()),
        }
    }
}
