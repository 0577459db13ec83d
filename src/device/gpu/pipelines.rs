//! Kernels and their compiled pipelines, each made once per device.
//!
//! A [`Kernel`] is a shader with the values of its `override` constants. Bindings are storage buffers only, numbered from 0, all
//! `read_write`: one buffer may then appear several times in a dispatch, at ranges that do not overlap. Shapes are constants, so a
//! dispatch needs no uniforms, and the driver sees every loop bound.

use std::borrow::Cow;
use std::collections::HashMap;

pub(super) const CONV2D: &str = include_str!("../../../shaders/conv2d.wgsl");
pub(super) const CONV2D_TILED: &str = include_str!("../../../shaders/conv2d_tiled.wgsl");
pub(super) const CONV2D_WEIGHT_GRAD: &str = include_str!("../../../shaders/conv2d_weight_grad.wgsl");
pub(super) const FILL: &str = include_str!("../../../shaders/fill.wgsl");
pub(super) const INDEX: &str = include_str!("../../../shaders/index.wgsl");
pub(super) const LOG_SOFTMAX: &str = include_str!("../../../shaders/log_softmax.wgsl");
pub(super) const MATMUL: &str = include_str!("../../../shaders/matmul.wgsl");
pub(super) const MATMUL_TILED: &str = include_str!("../../../shaders/matmul_tiled.wgsl");
pub(super) const PLACE: &str = include_str!("../../../shaders/place.wgsl");
pub(super) const POOL2D: &str = include_str!("../../../shaders/pool2d.wgsl");
pub(super) const RANDOM: &str = include_str!("../../../shaders/random.wgsl");
pub(super) const REDUCE: &str = include_str!("../../../shaders/reduce.wgsl");
pub(super) const RESIZE2D: &str = include_str!("../../../shaders/resize2d.wgsl");

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
