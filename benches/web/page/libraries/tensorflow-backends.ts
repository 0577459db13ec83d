/**
 * The back ends of TensorFlow.js, each loaded only when it is measured. As shipped the WebAssembly one cannot train a convolution (it
 * has no `Conv2DBackpropFilter`), so that kernel is composed here of its own slices and matrix products. One thread: more would need
 * cross-origin isolation.
 */

import * as tf from '@tensorflow/tfjs-core';

export async function load(backend: string): Promise<void> {
  switch (backend) {
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      break;
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      break;
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      break;
    case 'wasm': {
      const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      const [simd, plain, threaded] = await Promise.all([
        import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url'),
        import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url'),
        import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url'),
      ]);
      setWasmPaths({
        'tfjs-backend-wasm.wasm': plain.default,
        'tfjs-backend-wasm-simd.wasm': simd.default,
        'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
      });
      setThreadsCount(1);
      registerFilterGradient();
    }
  }
}

/** dW = Σ over kernel positions of (shifted x)ᵀ·dy. x: [N,H,W,I], dy: [N,OH,OW,O]. */
function registerFilterGradient(): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => {
        const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
        const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
        const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
        const { batchSize, inChannels, outChannels, outHeight, outWidth, strideHeight: down, strideWidth: right } = info;
        const positions = batchSize * outHeight * outWidth;
        const padding = (before: number, outputs: number, stride: number, kernel: number, inputs: number): [number, number] => [
          before,
          Math.max(0, (outputs - 1) * stride + kernel - inputs - before),
        ];
        const padded = tf.pad(x, [
          [0, 0],
          padding(info.padInfo.top, outHeight, down, info.filterHeight, info.inHeight),
          padding(info.padInfo.left, outWidth, right, info.filterWidth, info.inWidth),
          [0, 0],
        ]);
        const gradient = dy.reshape([positions, outChannels]);
        const rows: tf.Tensor2D[] = [];
        for (let row = 0; row < info.filterHeight; row++) {
          for (let column = 0; column < info.filterWidth; column++) {
            const begin = [0, row, column, 0];
            const [height, width] = [(outHeight - 1) * down + 1, (outWidth - 1) * right + 1];
            const part =
              down === 1 && right === 1
                ? tf.slice(padded, begin, [batchSize, outHeight, outWidth, inChannels])
                : tf.stridedSlice(padded, begin, [batchSize, row + height, column + width, inChannels], [1, down, right, 1]);
            rows.push(tf.matMul(part.reshape([positions, inChannels]), gradient, true, false) as tf.Tensor2D);
          }
        }
        return tf.concat(rows, 0).reshape(filterShape);
      }),
  });
}
