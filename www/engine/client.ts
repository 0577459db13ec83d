/**
 * The engine as a program sees it: networks are built, trained, explained and attacked in a worker; here are only typed promises.
 *
 * Images are `Float32Array`s in NCHW order with pixels in 0…1, labels are `Uint32Array`s. Arguments are copied, results belong to the
 * caller. Calls on one engine are carried out in the order in which they were made. Every failure is an `EngineError`.
 * `README.md` beside this file lists methods, defaults, ranges and errors in tables.
 */

export { Autoencoder, type FewLabelsOptions } from './autoencoder.ts';
export { Dataset, type DatasetOptions, type LabelledImages, type MaskedImages } from './dataset.ts';
export { Engine } from './engine.ts';
export { EngineError } from './errors.ts';
export { Gan } from './gan.ts';
export type { BinaryFunction, GraphNode, GraphRecorder, UnaryFunction } from './graph.ts';
export { FineTuning } from './fine-tuning.ts';
export { ImageGan, type JudgeTraining } from './image-gan.ts';
export {
  Model,
  type ExplainOptions,
  type MeasureOptions,
  type RobustnessOptions,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingResult,
} from './model.ts';
export { Program, type Tensor, type Values } from './program.ts';
export { Trainer } from './trainer.ts';
export type * from './types.ts';
