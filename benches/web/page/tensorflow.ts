/**
 * W1 on TensorFlow.js, WebAssembly back end with SIMD and one thread. As shipped it cannot train a convolution (it has no
 * `Conv2DBackpropFilter`), so that kernel is composed here of its own slices and matrix products.
 */

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { BATCH, BATCHES, CLASSES, LEARNING_RATE, SIDE, images, uniform, type Contestant } from './workload.ts';

/** dW = Σ over kernel positions of (shifted x)ᵀ·dy. x: [N,H,W,I], dy: [N,OH,OW,O]. Stride 1, which is all that W1 needs. */
function registerFilterGradient(): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => {
        const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
        const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
        const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
        const { top, bottom, left, right } = info.padInfo;
        const positions = info.batchSize * info.outHeight * info.outWidth;
        const padded = tf.pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
        const gradient = dy.reshape([positions, info.outChannels]);
        const rows: tf.Tensor2D[] = [];
        for (let row = 0; row < info.filterHeight; row++) {
          for (let column = 0; column < info.filterWidth; column++) {
            const part = tf.slice(padded, [0, row, column, 0], [info.batchSize, info.outHeight, info.outWidth, info.inChannels]);
            rows.push(tf.matMul(part.reshape([positions, info.inChannels]), gradient, true, false) as tf.Tensor2D);
          }
        }
        return tf.concat(rows, 0).reshape(filterShape);
      }),
  });
}

/** He-normal weights by Box–Muller. */
function weights(shape: number[], fanIn: number, seed: number): tf.Variable {
  const random = uniform(seed);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => normal() * Math.sqrt(2 / fanIn));
  return tf.variable(tf.tensor(values, shape));
}

export async function tensorflow(): Promise<Contestant> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  setThreadsCount(1);
  registerFilterGradient();
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm back end of TensorFlow.js did not start');
  await tf.ready();

  // Resident from the start, as in Vitrine. NHWC with one channel has the same order as NCHW.
  const { pixels, labels } = images(BATCH * BATCHES);
  const size = BATCH * SIDE * SIDE;
  const batches = Array.from({ length: BATCHES }, (_, i) => ({
    x: tf.tensor4d(pixels.subarray(i * size, (i + 1) * size), [BATCH, SIDE, SIDE, 1]),
    y: tf.tidy(() =>
      tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(i * BATCH, (i + 1) * BATCH)), 'int32'), CLASSES).toFloat(),
    ),
  }));

  const features = (SIDE / 4) ** 2 * 32;
  const w1 = weights([3, 3, 1, 16], 9, 11) as tf.Variable<tf.Rank.R4>;
  const w2 = weights([3, 3, 16, 32], 144, 12) as tf.Variable<tf.Rank.R4>;
  const w3 = weights([features, CLASSES], features, 13) as tf.Variable<tf.Rank.R2>;
  const [b1, b2, b3] = [16, 32, CLASSES].map((n) => tf.variable(tf.zeros([n])) as tf.Variable<tf.Rank.R1>);
  const variables: tf.Variable[] = [w1, b1, w2, b2, w3, b3];
  const optimizer = tf.train.adam(LEARNING_RATE);
  const convolve = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
    tf.maxPool(tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }), 2, 2, 'valid');

  let step = 0;
  return {
    name: `TensorFlow.js ${version_wasm} wasm SIMD`,
    async run(steps) {
      let loss: tf.Scalar | null = null;
      for (let i = 0; i < steps; i++) {
        const { x, y } = batches[step++ % BATCHES];
        loss?.dispose();
        loss = tf.tidy(() =>
          optimizer.minimize(
            () => {
              const hidden = convolve(convolve(x, w1, b1), w2, b2).reshape([BATCH, features]) as tf.Tensor2D;
              return tf.losses.softmaxCrossEntropy(y, tf.matMul(hidden, w3).add(b3)) as tf.Scalar;
            },
            true,
            variables,
          ),
        );
      }
      const [value] = await loss!.data();
      loss!.dispose();
      return value;
    },
  };
}
