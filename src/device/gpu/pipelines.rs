//! Kernels and their compiled pipelines, each made once per device.
//!
//! A [`Kernel`] is a shader with the values of its `override` constants. Bindings are storage buffers only, numbered from 0, all
//! `read_write`: one buffer may then appear several times in a dispatch, at ranges that do not overlap. Shapes are constants, so a
//! dispatch needs no uniforms, and the driver sees every loop bound.

use std::borrow::Cow;
use std::collections::HashMap;

/// A file of `shaders/` without its comments and indentation, which every visitor would download.
macro_rules! shader {
    ($file:literal) => {{
        const TEXT: &[u8] = include_bytes!(concat!("../../../shaders/", $file));
        const BARE: ([u8; TEXT.len()], usize) = bare(TEXT);
        match str::from_utf8(BARE.0.split_at(BARE.1).0) {
            Ok(text) => text,
            Err(_) => panic!("shaders are UTF-8"),
        }
    }};
}

pub(super) const CONV2D: &str = shader!("conv2d.wgsl");
pub(super) const CONV2D_TILED: &str = shader!("conv2d_tiled.wgsl");
pub(super) const CONV2D_WEIGHT_GRAD: &str = shader!("conv2d_weight_grad.wgsl");
pub(super) const CONV2D_WEIGHT_GRAD_WIDE: &str = shader!("conv2d_weight_grad_wide.wgsl");
pub(super) const CONV2D_WIDE: &str = shader!("conv2d_wide.wgsl");
/// Functions that generated element-wise code calls.
pub(super) const ELEMENTWISE: &str = shader!("elementwise.wgsl");
pub(super) const FILL: &str = shader!("fill.wgsl");
pub(super) const INDEX: &str = shader!("index.wgsl");
pub(super) const LOG_SOFTMAX: &str = shader!("log_softmax.wgsl");
pub(super) const MATMUL: &str = shader!("matmul.wgsl");
pub(super) const MATMUL_TILED: &str = shader!("matmul_tiled.wgsl");
pub(super) const MATMUL_WIDE: &str = shader!("matmul_wide.wgsl");
pub(super) const PLACE: &str = shader!("place.wgsl");
pub(super) const POOL2D: &str = shader!("pool2d.wgsl");
pub(super) const RANDOM: &str = shader!("random.wgsl");
pub(super) const REDUCE: &str = shader!("reduce.wgsl");
pub(super) const RESIZE2D: &str = shader!("resize2d.wgsl");

/// `text` without what stands behind `//` and without the spaces before each line, and how many bytes are left.
const fn bare<const N: usize>(text: &[u8]) -> ([u8; N], usize) {
    let (mut kept, mut len, mut i, mut comment, mut start) = ([0; N], 0, 0, false, true);
    while i < text.len() {
        if text[i] == b'\n' {
            (comment, start) = (false, true);
        } else if text[i] == b'/' && i + 1 < text.len() && text[i + 1] == b'/' {
            comment = true;
        } else if text[i] != b' ' {
            start = false;
        }
        let empty = text[i] == b'\n' && (len == 0 || kept[len - 1] == b'\n');
        if !(comment || empty || start && text[i] == b' ') {
            kept[len] = text[i];
            len += 1;
        }
        i += 1;
    }
    (kept, len)
}

/// Storage buffers that one kernel may bind: WebGPU's default limit.
pub(super) const MAX_BINDINGS: usize = 8;

/// A shader's entry point with the values of its `override` constants. All constants of ours are `u32`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kernel {
    pub source: Cow<'static, str>,
    pub entry: &'static str,
    pub constants: Vec<(&'static str, u32)>,
    pub bindings: usize,
}

impl Kernel {
    pub fn new(source: &'static str, entry: &'static str, bindings: usize, constants: &[(&'static str, usize)]) -> Self {
        let constants = constants.iter().map(|&(name, value)| (name, value as u32)).collect();
        Self { source: source.into(), entry, constants, bindings }
    }
}

/// Shader modules by source, pipelines by kernel, layouts by number of bindings.
pub(super) struct Pipelines {
    modules: HashMap<Cow<'static, str>, wgpu::ShaderModule>,
    pipelines: HashMap<Kernel, wgpu::ComputePipeline>,
    layouts: Vec<(wgpu::BindGroupLayout, wgpu::PipelineLayout)>,
}

impl Pipelines {
    pub fn new(device: &wgpu::Device) -> Self {
        let layouts = (0..=MAX_BINDINGS as u32)
            .map(|n| {
                let entries: Vec<_> = (0..n)
                    .map(|binding| wgpu::BindGroupLayoutEntry {
                        binding,
                        visibility: wgpu::ShaderStages::COMPUTE,
                        ty: wgpu::BindingType::Buffer {
                            ty: wgpu::BufferBindingType::Storage { read_only: false },
                            has_dynamic_offset: false,
                            min_binding_size: None,
                        },
                        count: None,
                    })
                    .collect();
                let group = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
                let pipeline = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                    bind_group_layouts: &[Some(&group)],
                    ..Default::default()
                });
                (group, pipeline)
            })
            .collect();
        Self { modules: HashMap::new(), pipelines: HashMap::new(), layouts }
    }

    /// The layout of a bind group of `n` storage buffers.
    pub fn group_layout(&self, n: usize) -> &wgpu::BindGroupLayout {
        &self.layouts[n].0
    }

    /// The pipeline of `kernel`, compiled now if it is new.
    pub fn get(&mut self, device: &wgpu::Device, kernel: &Kernel) -> wgpu::ComputePipeline {
        if let Some(pipeline) = self.pipelines.get(kernel) {
            return pipeline.clone();
        }
        let module = self.modules.entry(kernel.source.clone()).or_insert_with(|| {
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.entry),
                source: wgpu::ShaderSource::Wgsl(kernel.source.clone()),
            })
        });
        let constants: Vec<_> = kernel.constants.iter().map(|&(name, value)| (name, f64::from(value))).collect();
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel.entry),
            layout: Some(&self.layouts[kernel.bindings].1),
            module,
            entry_point: Some(kernel.entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                zero_initialize_workgroup_memory: false,
            },
            cache: None,
        });
        self.pipelines.insert(kernel.clone(), pipeline.clone());
        pipeline
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn shaders_are_shipped_without_comments() {
        const TEXT: &[u8] = b"// about\n\nfn f() {\n    return a / b; // why\n}\n";
        const BARE: ([u8; TEXT.len()], usize) = super::bare(TEXT);
        assert_eq!(str::from_utf8(&BARE.0[..BARE.1]), Ok("fn f() {\nreturn a / b; \n}\n"));
        assert!(super::CONV2D.starts_with("override ") && !super::CONV2D.contains("//"), "{}", super::CONV2D);
    }
}
